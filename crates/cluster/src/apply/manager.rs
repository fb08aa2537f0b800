//! What a manager is called.

use crate::quote::prints;

/// How many bytes a manager's name may have.
const LONGEST: usize = 128;

/// The name of the manager behind a request that changes something and is no apply: `fieldManager`, or else what stands
/// before the first slash of the user agent, as far as it can be printed and is not too long.
#[must_use]
pub fn manager_name(field_manager: &str, user_agent: &str) -> String {
    if !field_manager.is_empty() {
        return field_manager.to_owned();
    }
    let agent = user_agent.split('/').next().unwrap_or_default();
    let mut name = String::new();
    for one in agent.chars().filter(|one| prints(*one)) {
        if name.len() + one.len_utf8() > LONGEST {
            break;
        }
        name.push(one);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::manager_name;

    #[test]
    fn a_manager_without_a_name_is_called_as_its_program() {
        assert_eq!(manager_name("me", "kubectl/v1.36.2 (linux/amd64)"), "me");
        assert_eq!(manager_name("", "kubectl/v1.36.2 (linux/amd64)"), "kubectl");
        assert_eq!(manager_name("", "a\u{200b}b c\n"), "ab c");
        assert_eq!(manager_name("", &"é".repeat(100)), "é".repeat(64));
        assert_eq!(manager_name("", ""), "");
    }
}
