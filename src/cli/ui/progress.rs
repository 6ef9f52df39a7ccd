//! What a person sees while machines run: lab time, queues and clocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use labctl::engine::{Gauges, Notice, Observer};
use labctl::model::event::MachineId;
use labctl::model::time::LabTime;
use labctl::plan::Run;

use crate::cli::Terminal;

/// Machines that get a line of their own.
const MACHINES_SHOWN: usize = 16;
const REDRAW_EVERY: Duration = Duration::from_millis(100);
/// Off a terminal, a plain line this often.
const PLAIN_EVERY: Duration = Duration::from_secs(10);

/// Shows a run's progress until it is dropped or finished.
pub struct Progress {
    bars: MultiProgress,
    over: Arc<AtomicBool>,
    drawing: Option<JoinHandle<()>>,
    terminal: Terminal,
}

impl Progress {
    /// Starts to show `gauges`.
    pub fn start(run: &Run, gauges: &Gauges, terminal: &Terminal) -> Progress {
        let target = if terminal.talk_to_a_person {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bars = MultiProgress::with_draw_target(target);
        let over = Arc::new(AtomicBool::new(false));
        let picture = Picture::new(run, gauges, &bars);
        let (stop, terminal) = (Arc::clone(&over), terminal.clone());
        let plain = terminal.clone();
        let drawing = thread::spawn(move || {
            if plain.talk_to_a_person {
                picture.draw_until(&stop);
            } else {
                picture.print_until(&stop, &plain);
            }
        });
        Progress { bars, over, drawing: Some(drawing), terminal }
    }

    /// Tells what the machines have to say, above the bars.
    pub fn observer(&self) -> Observer {
        let (bars, terminal) = (self.bars.clone(), self.terminal.clone());
        Arc::new(move |notice: Notice| {
            let text = format!("machine {}: {}", notice.machine, notice.text);
            bars.suspend(|| terminal.warn(text));
        })
    }

    /// Takes the bars away.
    pub fn finish(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.over.store(true, Relaxed);
        if let Some(drawing) = self.drawing.take() {
            drawing.thread().unpark();
            // A progress bar that panicked is no reason to fail a run.
            let _ = drawing.join();
        }
        // Standard error may be closed; there is nothing to clear then.
        let _ = self.bars.clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

struct Picture {
    time: ProgressBar,
    machines: Vec<(MachineId, ProgressBar)>,
    gauges: Gauges,
    duration: LabTime,
    name: String,
}

impl Picture {
    fn new(run: &Run, gauges: &Gauges, bars: &MultiProgress) -> Picture {
        let duration = run.spec.duration;
        let time = bars.add(ProgressBar::new(duration.as_micros()));
        time.set_style(style("{prefix:>10.bold} [{bar:40.cyan/blue}] {msg}"));
        time.set_prefix(run.spec.name.clone());
        let rates = run.clock_rates().iter();
        let machines = run.machines().zip(rates).take(MACHINES_SHOWN).map(|(id, rate)| {
            let bar = bars.add(ProgressBar::new(1));
            bar.set_style(style("{prefix:>10} {msg}"));
            bar.set_prefix(format!("m{id} ({rate}/s)"));
            (id, bar)
        });
        let machines = machines.collect();
        Picture { time, machines, gauges: gauges.clone(), duration, name: run.spec.name.clone() }
    }

    fn draw_until(&self, over: &AtomicBool) {
        while !over.load(Relaxed) {
            let reached = self.reached();
            self.time.set_position(reached.as_micros());
            self.time.set_message(format!(
                "{:.1} of {} s lab time",
                reached.as_secs_f64(),
                self.duration.as_secs_f64()
            ));
            for (id, bar) in &self.machines {
                let Some(gauge) = self.gauges.machine(*id) else { continue };
                let (queue, clock) = (gauge.queue_length.load(Relaxed), gauge.clock.load(Relaxed));
                const QUEUE_DRAWN: u64 = 40;
                let drawn = "▪".repeat(queue.min(QUEUE_DRAWN) as usize);
                let more = if queue > QUEUE_DRAWN { "…" } else { "" };
                bar.set_message(format!("clock {clock:>8}  queue {queue:>5} {drawn}{more}"));
            }
            thread::park_timeout(REDRAW_EVERY);
        }
    }

    fn print_until(&self, over: &AtomicBool, terminal: &Terminal) {
        loop {
            thread::park_timeout(PLAIN_EVERY);
            if over.load(Relaxed) {
                return;
            }
            let queues = self
                .gauges
                .machines()
                .iter()
                .take(MACHINES_SHOWN)
                .map(|gauge| gauge.queue_length.load(Relaxed).to_string());
            let queues: Vec<String> = queues.collect();
            let (reached, all) = (self.reached().as_secs_f64(), self.duration.as_secs_f64());
            terminal.say(format!(
                "{}: {reached:.0} of {all} s lab time, queues {}",
                self.name,
                queues.join(" ")
            ));
        }
    }

    fn reached(&self) -> LabTime {
        LabTime(self.gauges.lab_time_ns()).min(self.duration)
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─")
}
