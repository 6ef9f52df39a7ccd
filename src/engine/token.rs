//! The token that machines of one run share, and what each shows of it to be
//! let in by another. Pure: randomness comes in as an argument.

use std::fmt;

use sha2::{Digest, Sha256};

use super::wire::Hello;
use crate::files::digest::hexadecimal;
use crate::model::event::MachineId;

/// Fewer characters could be guessed.
const LENGTH_MIN: usize = 16;
const LENGTH_MAX: usize = 128;
/// The block of SHA-256, in bytes.
const BLOCK: usize = 64;

/// What only machines of one run know.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// A text that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token has {LENGTH_MIN} to {LENGTH_MAX} printable ASCII characters and no spaces")]
pub struct NoToken;

impl Token {
    /// A token made of random bytes.
    pub fn of(random: [u8; 16]) -> Token {
        Token(hexadecimal(&random))
    }

    /// # Errors
    ///
    /// The text is too short, too long, or could not stand in one word.
    pub fn parse(text: &str) -> Result<Token, NoToken> {
        let is_token = (LENGTH_MIN..=LENGTH_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_token { Ok(Token(text.to_owned())) } else { Err(NoToken) }
    }

    /// For whoever shares it with the machines of the run: a file or a pipe.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// What machine `from` of this run says to machine `to`. It proves that
    /// `from` knows the token, does not tell it, and is of no use elsewhere.
    pub fn hello(&self, run: &str, from: MachineId, to: MachineId) -> Hello {
        let claim = format!("labctl-hello:{run} {from} {to}");
        let proof = hexadecimal(&hmac_sha256(self.0.as_bytes(), claim.as_bytes()));
        Hello { run: run.to_owned(), machine: from, proof }
    }

    /// Whether this was said to machine `to` by one that knows the token.
    pub fn is_proven(&self, hello: &Hello, to: MachineId) -> bool {
        let own = self.hello(&hello.run, hello.machine, to);
        // By their hashes, so that the time it takes tells nothing of where they differ.
        Sha256::digest(own.proof) == Sha256::digest(&hello.proof)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(…)")
    }
}

/// HMAC-SHA-256 (RFC 2104).
fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |pad: u8| block.map(|byte| byte ^ pad);
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test cases 2 and 6 of RFC 4231.
    #[test]
    fn hmac_is_the_published_one() {
        for (key, text, expected) in [
            (
                &b"Jefe"[..],
                &b"what do ya want for nothing?"[..],
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hexadecimal(&hmac_sha256(key, text)), expected);
        }
    }

    #[test]
    fn a_proof_holds_for_one_run_one_sender_and_one_receiver() {
        let token = Token::of([7; 16]);
        let hello = token.hello("r", MachineId(2), MachineId(1));
        assert!(token.is_proven(&hello, MachineId(1)));
        assert!(!token.is_proven(&hello, MachineId(3)), "said to another");
        assert!(!token.is_proven(&Hello { machine: MachineId(3), ..hello.clone() }, MachineId(1)));
        assert!(!token.is_proven(&Hello { run: "s".into(), ..hello.clone() }, MachineId(1)));
        assert!(!Token::of([8; 16]).is_proven(&hello, MachineId(1)), "another token");
        assert!(!hello.proof.contains(token.secret()));
    }

    #[test]
    fn what_could_be_guessed_or_torn_apart_is_no_token() {
        for text in
            ["", "short", "0123456789abcde", "0123456789 abcdef", "0123456789abcdef\n", "ö123456789abcdef"]
        {
            assert_eq!(Token::parse(text), Err(NoToken), "{text}");
        }
        let token = Token::of([1; 16]);
        assert_eq!(Token::parse(token.secret()), Ok(token.clone()));
        assert!(!format!("{token:?}").contains(token.secret()));
    }
}
