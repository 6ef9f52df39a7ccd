//! What a run and its machines' processes say to each other over pipes, a line
//! each: the run on the process's standard input, the process on its output.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::engine::Token;
use crate::model::event::MachineId;

/// From the run to a machine's process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Where the machines listen, and the token that lets them in.
    Meet { token: Token, addresses: BTreeMap<MachineId, SocketAddr> },
    /// End in order. The end of the pipe means the same.
    Stop { failed: bool },
}

/// From a machine's process to the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    Listening(SocketAddr),
    Gauge { clock: u64, queue_length: u64, ticks: u64, lab_time_ns: u64 },
    Notice(String),
    Ended,
    Failed(String),
}

impl Order {
    /// One line, with its break.
    pub fn line(&self) -> String {
        match self {
            Order::Meet { token, addresses } => {
                let mut line = format!("meet {}", token.secret());
                for (id, address) in addresses {
                    line.push_str(&format!(" {id}={address}"));
                }
                line.push('\n');
                line
            }
            Order::Stop { failed: false } => "stop interrupted\n".to_owned(),
            Order::Stop { failed: true } => "stop failed\n".to_owned(),
        }
    }

    pub fn parse(line: &str) -> Option<Order> {
        match line.split_once(' ')? {
            ("stop", reason) => Some(Order::Stop { failed: reason == "failed" }),
            ("meet", rest) => {
                let mut words = rest.split(' ');
                let token = Token::parse(words.next()?).ok()?;
                let address = |word: &str| {
                    let (id, address) = word.split_once('=')?;
                    Some((id.parse().ok()?, address.parse().ok()?))
                };
                let addresses = words.map(address).collect::<Option<_>>()?;
                Some(Order::Meet { token, addresses })
            }
            _ => None,
        }
    }
}

impl Report {
    /// One line, with its break.
    pub fn line(&self) -> String {
        let one_line = |text: &str| text.replace(['\n', '\r'], " ");
        match self {
            Report::Listening(address) => format!("listening {address}\n"),
            Report::Gauge { clock, queue_length, ticks, lab_time_ns } => {
                format!("gauge {clock} {queue_length} {ticks} {lab_time_ns}\n")
            }
            Report::Notice(text) => format!("notice {}\n", one_line(text)),
            Report::Ended => "ended\n".to_owned(),
            Report::Failed(text) => format!("failed {}\n", one_line(text)),
        }
    }

    pub fn parse(line: &str) -> Option<Report> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "listening" => rest.parse().ok().map(Report::Listening),
            "notice" => Some(Report::Notice(rest.to_owned())),
            "ended" => Some(Report::Ended),
            "failed" => Some(Report::Failed(rest.to_owned())),
            "gauge" => {
                let numbers: Vec<u64> = rest.split(' ').map_while(|number| number.parse().ok()).collect();
                let [clock, queue_length, ticks, lab_time_ns] = *numbers.as_slice() else { return None };
                Some(Report::Gauge { clock, queue_length, ticks, lab_time_ns })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_reports_survive_the_pipe() {
        let addresses = BTreeMap::from([
            (MachineId(1), "127.0.0.1:5001".parse().unwrap()),
            (MachineId(2), "[::1]:5002".parse().unwrap()),
        ]);
        for order in [
            Order::Meet { token: Token::of([7; 16]), addresses },
            Order::Stop { failed: true },
            Order::Stop { failed: false },
        ] {
            assert_eq!(Order::parse(order.line().trim_end()), Some(order));
        }
        for report in [
            Report::Listening("127.0.0.1:5001".parse().unwrap()),
            Report::Gauge { clock: 1, queue_length: 2, ticks: 3, lab_time_ns: 4 },
            Report::Notice("machine 3 has left".into()),
            Report::Ended,
            Report::Failed("disk full".into()),
        ] {
            assert_eq!(Report::parse(report.line().trim_end()), Some(report));
        }
    }
}
