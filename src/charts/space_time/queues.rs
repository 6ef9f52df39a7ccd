//! Messages that wait in a queue at once, one below the other.

use super::messages::Message;

/// A wait, and how far below its lane it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wait {
    pub lane: usize,
    pub from_s: f64,
    pub to_s: f64,
    /// Counted from 0, the nearest to the lane.
    pub row: usize,
}

/// The waits of all messages, each in the nearest row that is free for all of its
/// time; those that find none within `rows` share the last one. Says how many.
pub(super) fn waits(messages: &[Message], rows: usize) -> (Vec<Wait>, usize) {
    let mut found: Vec<Wait> = messages
        .iter()
        .filter_map(|message| {
            let (from_s, to_s) = (message.arrived_s?, message.popped_s?);
            (to_s > from_s).then_some(Wait { lane: message.receiver, from_s, to_s, row: 0 })
        })
        .collect();
    found.sort_by(|a, b| {
        a.lane.cmp(&b.lane).then(a.from_s.total_cmp(&b.from_s)).then(a.to_s.total_cmp(&b.to_s))
    });
    let mut sharing = 0;
    for lane in found.chunk_by_mut(|a, b| a.lane == b.lane) {
        let mut free_from: Vec<f64> = Vec::new();
        for wait in lane {
            let free = free_from.iter().position(|free| *free <= wait.from_s);
            wait.row = free.unwrap_or_else(|| {
                free_from.push(0.0);
                free_from.len() - 1
            });
            free_from[wait.row] = wait.to_s;
            if wait.row >= rows {
                wait.row = rows.saturating_sub(1);
                sharing += 1;
            }
        }
    }
    (found, sharing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(arrived_s: f64, popped_s: f64) -> Message {
        Message {
            sender: 0,
            receiver: 1,
            sent_s: arrived_s,
            arrived_s: Some(arrived_s),
            popped_s: Some(popped_s),
            is_doubtful: false,
        }
    }

    #[test]
    fn messages_that_wait_at_once_have_rows_of_their_own() {
        let messages = [message(0.0, 3.0), message(1.0, 4.0), message(3.0, 5.0), message(4.5, 4.5)];
        let (waits, sharing) = waits(&messages, 8);
        assert_eq!(waits.iter().map(|wait| wait.row).collect::<Vec<_>>(), [0, 1, 0]);
        assert_eq!(sharing, 0);
    }

    #[test]
    fn where_there_are_too_many_the_last_row_is_shared() {
        let messages: Vec<Message> = (0..5).map(|at| message(f64::from(at), 100.0)).collect();
        let (waits, sharing) = waits(&messages, 3);
        assert_eq!(waits.iter().map(|wait| wait.row).collect::<Vec<_>>(), [0, 1, 2, 2, 2]);
        assert_eq!(sharing, 2);
    }
}
