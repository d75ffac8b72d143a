//! The machine, as the engine needs it: put it to sleep, shut it down, keep it awake. The program's edge says how.

/// Held while the machine is to stay awake; dropping it lets it sleep again.
pub type Awake = Box<dyn Send + Sync>;

/// The machine. Calls may block.
pub trait Power: Send + Sync + 'static {
    /// Suspends it.
    ///
    /// # Errors
    /// The system's refusal, in its words.
    fn sleep(&self) -> Result<(), String>;

    /// Powers it off.
    ///
    /// # Errors
    /// The system's refusal, in its words.
    fn shut_down(&self) -> Result<(), String>;

    /// Keeps it from falling asleep by itself; `why` is shown by the system.
    ///
    /// # Errors
    /// The system's refusal, in its words.
    fn keep_awake(&self, why: &str) -> Result<Awake, String>;
}

/// A machine that is not ours to touch: in replays, in tests.
#[derive(Clone, Copy, Debug)]
pub struct NoPower;

impl Power for NoPower {
    fn sleep(&self) -> Result<(), String> {
        Err("this program does not do that here".into())
    }

    fn shut_down(&self) -> Result<(), String> {
        Err("this program does not do that here".into())
    }

    fn keep_awake(&self, _: &str) -> Result<Awake, String> {
        Err("this program does not do that here".into())
    }
}
