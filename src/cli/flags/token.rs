//! Tokens: made at random for a run, or shared by machines started one by one,
//! in a file that only its owner can read.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use labctl::engine::Token;
use labctl::engine::token::NoToken;
use labctl::files::atomic::{FileBeside, folder_of};
use labctl::platform::is_readable_by_others;

const VARIABLE: &str = "LABCTL_TOKEN";
/// The default's place, below the folder of the user's state.
const FILE: &str = "labctl/token";
/// No token's file is larger.
const FILE_BYTES_MAX: u64 = 1024;

/// There is no token to be had.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error(
        "{VARIABLE} holds no token: {0}; leave it out, or make one: `export {VARIABLE}=$(openssl rand -hex 16)`"
    )]
    Variable(NoToken),
    #[error("there is no home folder to keep the token in; name a file: `--token-file FILE`")]
    Nowhere,
    #[error("{} holds no token ({why}); remove it, and the next machine makes a new one: `rm {}`", path.display(), path.display())]
    Content { path: PathBuf, why: String },
    #[error("others can read the token in {}; if none has, hide it: `chmod 600 {}`", path.display(), path.display())]
    Readable { path: PathBuf },
    #[error("cannot use the token in {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    NoRandomness(#[from] anyhow::Error),
}

/// A token that cannot be guessed.
pub fn random_token() -> anyhow::Result<Token> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("{error}"))
        .context("the system gives no randomness")?;
    Ok(Token::of(bytes))
}

/// The token of machines that are started one by one: of the environment, or
/// of `file`, or of the user's own file. Where there is no file, it is made,
/// and `tell` hears of it.
pub fn shared(file: Option<&Path>, tell: impl Fn(String)) -> Result<Token, TokenError> {
    if let Some(path) = file {
        return of_file(path, tell);
    }
    if let Ok(text) = env::var(VARIABLE)
        && !text.is_empty()
    {
        return Token::parse(text.trim()).map_err(TokenError::Variable);
    }
    let state = env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let state = state.or_else(|| Some(env::home_dir()?.join(".local/state")));
    of_file(&state.ok_or(TokenError::Nowhere)?.join(FILE), tell)
}

fn of_file(path: &Path, tell: impl Fn(String)) -> Result<Token, TokenError> {
    if path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        let token = random_token()?;
        if make(path, &token).map_err(|source| TokenError::File { path: path.to_owned(), source })? {
            tell(format!(
                "made a token in {}; machines on other hosts need a copy of it, for your eyes only",
                path.display()
            ));
            return Ok(token);
        }
    }
    read(path)
}

/// Puts the token into its file, whole and for its owner only. False where
/// another machine was faster.
fn make(path: &Path, token: &Token) -> io::Result<bool> {
    fs::create_dir_all(folder_of(path))?;
    // Such a file has mode 600 from its beginning.
    let beside = FileBeside::begin(path)?;
    writeln!(beside.file(), "{}", token.secret())?;
    beside.put_privately_into(path)
}

fn read(path: &Path) -> Result<Token, TokenError> {
    let failed = |source| TokenError::File { path: path.to_owned(), source };
    let no_token = |why: String| TokenError::Content { path: path.to_owned(), why };
    let about = fs::metadata(path).map_err(failed)?;
    if !about.is_file() {
        return Err(no_token("it is no file".to_owned()));
    }
    if is_readable_by_others(&about) {
        return Err(TokenError::Readable { path: path.to_owned() });
    }
    let mut text = String::new();
    File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_string(&mut text)).map_err(failed)?;
    Token::parse(text.trim()).map_err(|error| no_token(error.to_string()))
}
