use proptest::prelude::*;

use super::Quantity;

fn canonical(text: &str) -> String {
    Quantity::parse(text).map_or_else(|error| error.chars().take(20).collect(), |quantity| quantity.to_string())
}

/// Each answer was given by `k8s.io/apimachinery/pkg/api/resource` v0.36.2.
#[test]
fn the_canonical_form_is_the_real_ones() {
    let cases = [
        ("0", "0"),
        ("0.5", "500m"),
        ("1024Mi", "1Gi"),
        ("1000Ki", "1000Ki"),
        ("1024Ki", "1Mi"),
        ("1023", "1023"),
        ("1.5Gi", "1536Mi"),
        ("0.1Gi", "107374182400m"),
        ("0.5Ki", "512"),
        ("1000m", "1"),
        ("1500m", "1500m"),
        ("1.500", "1.500"),
        ("1.50", "1500m"),
        ("+5", "+5"),
        ("+.5", "500m"),
        ("5.", "5."),
        ("05", "05"),
        ("-5k", "-5k"),
        ("2e3", "2e3"),
        ("2E4", "20e3"),
        ("1e-12", "1e-9"),
        ("1000E", "1"),
        ("9Ei", "9223372036854775807"),
        ("-10Ei", "-9223372036854775807"),
        ("0.0000000001", "1n"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("43007.0334575002582555507164Ti", "47286733362673002270500951n"),
        ("1e1000000000", "10e999999999"),
        ("0Ki", "0"),
        ("", "quantities must matc"),
        ("1 Gi", "quantities must matc"),
        ("1.2.3", "quantities must matc"),
        ("1gi", "quantities must matc"),
        ("1K", "unable to parse quan"),
        ("1ee3", "unable to parse quan"),
        ("1e", "unable to parse quan"),
        ("e-12", "unable to parse nume"),
    ];
    for (text, expected) in cases {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn amounts_of_resources_are_whole_thousandths() {
    let rounded = |text| Quantity::parse(text).unwrap().rounded_to_milli().to_string();
    assert_eq!(rounded("100u"), "1m");
    assert_eq!(rounded("-1.0001"), "-1001m");
    assert_eq!(rounded("1.500"), "1.500");
    assert_eq!(rounded("27.Ti"), "27.Ti");
}

proptest! {
    #[test]
    fn a_canonical_form_is_its_own(text in "[+-]?[0-9]{0,12}(\\.[0-9]{0,12})?(|n|u|m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi|Ei|e[+-]?[0-9]{1,2})") {
        if let Ok(quantity) = Quantity::parse(&text) {
            let written = quantity.to_string();
            let again = Quantity::parse(&written).unwrap();
            prop_assert_eq!(again.to_string(), written);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        let _ = canonical(&text);
    }
}
