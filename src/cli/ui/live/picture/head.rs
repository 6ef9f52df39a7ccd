//! The top of the view: which run, how far it is, and what is to be said.

use std::time::Duration;

use labctl::follow::{Progress, Snapshot};
use labctl::model::time::LabTime;
use labctl::text::sanitize::harmless;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::{Scene, is_narrow};

/// The experiment, its run and seed, and how it is going.
pub fn title(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let Snapshot { about, progress, .. } = scene.shown();
    let paused = scene.controls.paused.is_some();
    let going = if paused { " VIEW PAUSED ".to_owned() } else { format!(" {} ", word(progress)) };
    let style = match progress {
        _ if paused => scene.palette.banner(),
        Progress::Quiet { .. } | Progress::Gone => scene.palette.alert(),
        _ => scene.palette.title(),
    };
    let going = Line::styled(going, style).right_aligned();
    let width = area.width.saturating_sub(u16::try_from(going.width()).unwrap_or(u16::MAX));
    let mut facts = String::new();
    if let Some(seed) = about.seed {
        facts += &format!("  seed {seed}");
    }
    if let Some(speedup) = about.speedup.filter(|speedup| *speedup != 1.0) {
        facts += &format!("  ×{speedup}");
    }
    let name = Span::styled(format!(" {}", harmless(&about.experiment)), scene.palette.title());
    Line::from(vec![name, Span::raw(format!("{facts}  {}", harmless(&about.run)))])
        .render(Rect { width, ..area }, buffer);
    going.render(area, buffer);
}

fn word(progress: &Progress) -> String {
    match progress {
        Progress::Waiting => "waiting".to_owned(),
        Progress::Running => "running".to_owned(),
        Progress::Quiet { quiet } => format!("no news for {}", whole_seconds(*quiet)),
        Progress::Closing { .. } => "writing results".to_owned(),
        Progress::Ended { status } => harmless(&status.to_string()),
        Progress::Gone => "gone".to_owned(),
    }
}

/// How much of the lab time is over, and what is left of it.
pub fn progress(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let shown = scene.shown();
    let reached = shown.lab_time.as_secs_f64();
    let reported = match (shown.about.duration, shown.remaining()) {
        (Some(duration), Some(left)) if is_narrow(area) => {
            format!("{reached:.1}/{} s{}", duration.as_secs_f64(), to_go(shown, left))
        }
        (Some(duration), Some(left)) => {
            format!("{reached:.1} of {} s lab time{}", duration.as_secs_f64(), to_go(shown, left))
        }
        _ => format!("{reached:.1} s lab time"),
    };
    let reported = format!(" {reported} ");
    let room = usize::from(area.width).saturating_sub(reported.chars().count() + 1);
    let share = shown.about.duration.map_or(0.0, |duration| reached / duration.as_secs_f64().max(1e-9));
    let done = ((room as f64 * share) as usize).min(room);
    let bar = if shown.about.duration.is_some() { room } else { 0 };
    Line::from(vec![
        Span::raw(" "),
        Span::styled("━".repeat(done.min(bar)), scene.palette.progress()),
        Span::styled("─".repeat(bar - done.min(bar)), scene.palette.quiet()),
        Span::raw(reported),
    ])
    .render(area, buffer);
}

/// Real time to the end of the run.
fn to_go(shown: &Snapshot, left: LabTime) -> String {
    let Some(speedup) = shown.about.speedup.filter(|_| !shown.is_over() && left > LabTime::ZERO) else {
        return String::new();
    };
    let real_s = left.as_secs_f64() / speedup;
    if real_s < 10.0 { format!(", over in {real_s:.1} s") } else { format!(", over in {real_s:.0} s") }
}

/// What a person must know besides, if anything.
pub fn message(scene: &Scene<'_>) -> Option<Line<'static>> {
    if scene.controls.paused.is_some() {
        let now = scene.now.lab_time.as_secs_f64();
        let goes_on = match scene.now.progress {
            Progress::Ended { .. } | Progress::Closing { .. } => "the run has ended meanwhile",
            Progress::Gone => "the run is gone meanwhile",
            _ => "the run goes on",
        };
        let text = format!(" this is {:.1} s; {goes_on}: {now:.1} s", scene.shown().lab_time.as_secs_f64());
        return Some(Line::styled(text, scene.palette.alert()));
    }
    let text = scene.notice.map(harmless).or_else(|| advice(scene.now))?;
    Some(Line::styled(format!(" {text}"), scene.palette.alert()))
}

fn advice(now: &Snapshot) -> Option<String> {
    match &now.progress {
        Progress::Quiet { quiet } => {
            let since = whole_seconds(*quiet);
            Some(format!("the logs have not grown for {since}: stopped, killed or stuck"))
        }
        Progress::Closing { quiet } if quiet.as_secs() > CLOSING_S_MAX => {
            let since = whole_seconds(*quiet);
            Some(format!("all machines ended {since} ago, and the results are not in their place"))
        }
        Progress::Waiting => Some("no machine has begun its log yet".to_owned()),
        Progress::Gone => Some("the run's folder is there no more".to_owned()),
        _ if now.machines.iter().any(|machine| machine.unmatched > 0 && machine.last.is_empty()) => {
            Some("these logs are written in another way: labctl metrics --dialect auto reads them".to_owned())
        }
        _ => None,
    }
}

/// Results of millions of events may take this long to be written.
const CLOSING_S_MAX: u64 = 20;

/// `12s`, `3h 5m 2s`.
pub fn whole_seconds(time: Duration) -> String {
    LabTime(time.as_secs().saturating_mul(1_000_000_000)).to_string()
}
