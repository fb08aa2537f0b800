//! The signals that `STOPSIGNAL` takes.

const NAMES: [&str; 36] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
    "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
    "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
];

/// Whether it is a number other than 0, or the name of a Linux signal, `SIG` in front or not, in any case.
pub(super) fn is_valid(signal: &str) -> bool {
    if let Ok(number) = signal.parse::<i64>() {
        return number != 0;
    }
    let upper = signal.to_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let real_time = |prefix: &str, most: u32| {
        let number = name.strip_prefix(prefix)?;
        let plain = !number.starts_with(['0', '+', '-']);
        number.parse::<u32>().ok().filter(|number| plain && (1..=most).contains(number))
    };
    NAMES.contains(&name) || real_time("RTMIN+", 15).is_some() || real_time("RTMAX-", 14).is_some()
}
