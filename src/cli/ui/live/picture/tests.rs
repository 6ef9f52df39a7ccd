//! The pictures of runs of all sizes on screens of all sizes.

use std::time::Duration;

use labctl::follow::{About, Happening, MachineState, Progress, Snapshot, What};
use labctl::log::{Record, Stamp};
use labctl::model::event::{Kind, MachineId, Recipients};
use labctl::model::time::LabTime;
use labctl::store::{Status, Word};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;

use super::style::Palette;
use super::{Scene, paint};
use crate::cli::ui::live::controls::Controls;

fn seconds(seconds: f64) -> LabTime {
    LabTime::from_secs_f64(seconds)
}

fn event(machine: u32, time_s: f64, clock: u64) -> Happening {
    let receives = clock.is_multiple_of(3);
    let record = Record {
        stamp: Stamp(0),
        kind: [Kind::Receive, Kind::Internal, Kind::Send][(clock % 3) as usize],
        clock,
        message_clock: receives.then_some(clock - 1),
        queue_length: receives.then_some(7),
        from: receives.then_some(MachineId(2)),
        to: (clock % 3 == 2).then_some(if clock.is_multiple_of(2) {
            Recipients::All
        } else {
            Recipients::One(MachineId(2))
        }),
        tick: Some(clock),
        waited_us: receives.then_some(1_234_567),
    };
    Happening { machine: MachineId(machine), time: seconds(time_s), what: What::Event(record) }
}

fn machine(id: u32) -> MachineState {
    let growth = u64::from(id % 5);
    MachineState {
        id: MachineId(id),
        foreign: false,
        has_log: true,
        clock_rate: Some(1.0 + f64::from(id) / 4.0),
        achieved_rate: Some(1.0 + f64::from(id) / 4.0),
        clock: 300 - u64::from(id),
        behind: u64::from(id) - 1,
        queue_length: 12 * growth,
        lateness_p99_us: Some(150 * u64::from(id)),
        queue_trace: (0..MachineState::TRACE_LENGTH as u64).map(|at| growth * at / 10).collect(),
        last: (0..20u32).map(|at| event(id, 20.0 + f64::from(at) / 6.0, u64::from(281 - id + at))).collect(),
        unmatched: 0,
        ended: false,
    }
}

/// A run of so many machines, in its middle.
pub fn snapshot(machines: u32) -> Snapshot {
    Snapshot {
        about: About {
            experiment: "exp4".to_owned(),
            run: "2026-03-05T12-46-02Z_seed-7".to_owned(),
            seed: Some(7),
            speedup: Some(20.0),
            duration: Some(seconds(60.0)),
        },
        progress: Progress::Running,
        lab_time: seconds(23.4),
        machines: (1..=machines).map(machine).collect(),
    }
}

fn painted(now: &Snapshot, controls: &Controls, width: u16, height: u16) -> Buffer {
    let palette = Palette { coloured: true };
    let scene = Scene { now, controls, notice: None, leaving: "end the run", palette };
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    paint(&scene, &mut buffer);
    buffer
}

fn text(buffer: &Buffer) -> String {
    let rows = buffer.content.chunks(usize::from(buffer.area.width).max(1));
    let row = |row: &[ratatui::buffer::Cell]| {
        let row: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        format!("{}\n", row.trim_end())
    };
    rows.map(row).collect()
}

fn picture(now: &Snapshot, controls: &Controls, width: u16, height: u16) -> String {
    text(&painted(now, controls, width, height))
}

#[test]
fn few_and_many_machines_fit_on_small_and_large_screens() {
    for machines in [2, 30] {
        for (width, height) in [(80, 24), (40, 10), (120, 40)] {
            let name = format!("{machines}_machines_at_{width}x{height}");
            insta::assert_snapshot!(name, picture(&snapshot(machines), &Controls::default(), width, height));
        }
    }
}

#[test]
fn the_scale_of_the_queues_is_never_cut() {
    let mut now = snapshot(2);
    for (queue, scale) in [(77, "0–100 "), (777, "0–1000 "), (77_777, "0–100000 ")] {
        now.machines.iter_mut().for_each(|machine| machine.queue_trace = vec![queue; 9]);
        for width in [40, 41, 60, 80, 120] {
            let seen = picture(&now, &Controls::default(), width, 10);
            assert!(seen.contains(scale), "{scale} at {width}:\n{seen}");
        }
    }
}

#[test]
fn a_paused_view_says_that_the_run_goes_on() {
    let controls = Controls { paused: Some(snapshot(2)), ..Controls::default() };
    let mut now = snapshot(2);
    now.lab_time = seconds(31.2);
    now.machines[0].queue_length = 777;
    let seen = picture(&now, &controls, 80, 24);
    for text in ["VIEW PAUSED", "this is 23.4 s; the run goes on: 31.2 s", "space go on"] {
        assert!(seen.contains(text), "{seen}");
    }
    assert!(!seen.contains("777"), "{seen}");
    now.progress = Progress::Ended { status: Status::Completed.into() };
    assert!(picture(&now, &controls, 80, 24).contains("the run has ended meanwhile"));
}

#[test]
fn the_help_shows_its_keys_on_any_screen() {
    let controls = Controls { help: true, ..Controls::default() };
    insta::assert_snapshot!("help_at_80x24", picture(&snapshot(3), &controls, 80, 24));
    insta::assert_snapshot!("help_at_40x10", picture(&snapshot(3), &controls, 40, 10));
}

#[test]
fn the_chosen_machine_is_on_the_screen_and_its_events_are_shown() {
    for chosen in [0, 4, 17, 29] {
        let controls = Controls { chosen: Some(chosen), ..Controls::default() };
        let buffer = painted(&snapshot(30), &controls, 80, 24);
        let seen = text(&buffer);
        let row = seen.lines().position(|line| line.trim_start().starts_with(&format!("m{} ", chosen + 1)));
        let row = row.unwrap_or_else(|| panic!("machine {} is not seen\n{seen}", chosen + 1));
        assert!(seen.contains(&format!("last events of machine {}", chosen + 1)), "{seen}");
        let cell = &buffer[(10, row as u16)];
        assert!(cell.modifier.contains(ratatui::style::Modifier::REVERSED), "row {row}\n{seen}");
    }
}

#[test]
fn a_picture_fits_into_every_screen() {
    let help = Controls { help: true, chosen: Some(29), ..Controls::default() };
    for now in [snapshot(0), snapshot(2), snapshot(30)] {
        for width in (0..=130).step_by(13).chain([1, 2, 59, 60]) {
            for height in (0..=14).chain([24, 45]) {
                picture(&now, &help, width, height);
                picture(&now, &Controls::default(), width, height);
            }
        }
    }
}

#[test]
fn without_colour_nothing_is_coloured() {
    let scene = |coloured| {
        let (now, controls) = (snapshot(3), Controls::default());
        let palette = Palette { coloured };
        let scene = Scene { now: &now, controls: &controls, notice: Some("x"), leaving: "leave", palette };
        let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
        paint(&scene, &mut buffer);
        buffer.content.iter().filter(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset).count()
    };
    assert_eq!(scene(false), 0);
    assert!(scene(true) > 100);
}

#[test]
fn hostile_texts_are_shown_as_text() {
    let hostile = "\u{1b}[2J\u{202e}evil\u{7}\n<script>\"'👩‍🔬 \u{5e9}\u{5dc}\u{5d5}\u{5dd} ".repeat(20);
    let mut now = snapshot(2);
    now.about.experiment.clone_from(&hostile);
    now.about.run.clone_from(&hostile);
    now.progress = Progress::Ended { status: Word::Other(hostile.clone().into()) };
    now.machines[0].last.push(Happening {
        machine: MachineId(1),
        time: seconds(99.0),
        what: What::Error(hostile.clone()),
    });
    let controls = Controls::default();
    let palette = Palette { coloured: true };
    let scene =
        Scene { now: &now, controls: &controls, notice: Some(&hostile), leaving: "end the run", palette };
    for (width, height) in [(40, 10), (80, 24), (120, 40)] {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        paint(&scene, &mut buffer);
        let seen = text(&buffer);
        let is_harmful = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!seen.contains(is_harmful), "{seen:?}");
        assert!(seen.contains("evil") && seen.contains("ERROR"), "{seen}");
    }
}

#[test]
fn what_is_odd_is_said() {
    let mut now = snapshot(3);
    now.machines[1].foreign = true;
    now.machines[2].has_log = false;
    let seen = picture(&now, &Controls::default(), 80, 24);
    assert!(seen.contains("foreign") && seen.contains("no log"), "{seen}");
    for (progress, said) in [
        (Progress::Waiting, "no machine has begun its log yet"),
        (Progress::Quiet { quiet: Duration::from_secs(75) }, "the logs have not grown for 1m 15s"),
        (Progress::Closing { quiet: Duration::from_secs(1) }, "writing results"),
        (Progress::Closing { quiet: Duration::from_secs(90) }, "the results are not in their place"),
        (Progress::Ended { status: Status::Failed.into() }, "failed"),
        (Progress::Gone, "the run's folder is there no more"),
    ] {
        now.progress = progress;
        let seen = picture(&now, &Controls::default(), 80, 24);
        assert!(seen.contains(said), "{said}\n{seen}");
    }
    let mut theirs = snapshot(1);
    theirs.machines[0] = MachineState { unmatched: 9, last: Vec::new(), ..machine(1) };
    assert!(picture(&theirs, &Controls::default(), 80, 24).contains("--dialect auto"));
}
