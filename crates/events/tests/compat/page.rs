//! The report for a browser.

use crate::support::Folder;

#[test]
fn the_page_stands_alone_and_nothing_in_it_is_markup() {
    let folder = Folder::with(&[
        ("old.yaml", "properties:\n  '<script>alert(1)</script>': { enum: ['</pre><img src=x>', b] }\n"),
        ("new.yaml", "properties:\n  '<script>alert(1)</script>': { enum: [b] }\n"),
    ]);
    folder.compat(&["old.yaml", "new.yaml", "--html", "out/report"]).unwrap();
    let page = std::fs::read_to_string(folder.path().join("out/report/index.html")).unwrap();
    assert!(
        !page.contains("<script") && !page.contains("<img") && !page.contains("http://") && !page.contains("https://")
    );
    for stable in [
        "<html lang=\"en\">",
        "id=\"summary\"",
        "id=\"pair-1\"",
        "id=\"pair-1-break-1\"",
        "id=\"pair-1-witness-1\"",
        "href=\"#pair-1-file-1-new-2\"",
        "class=\"new changed rejecting\" id=\"pair-1-file-1-new-2\"",
        "class=\"old changed\" id=\"pair-1-file-1-old-2\"",
        "<mark>&#34;&#60;/pre&#62;&#60;img src=x&#62;&#34;</mark>",
        "verdict semantic breaking",
    ] {
        assert!(page.contains(stable), "{stable}\n{page}");
    }
}
