//! The program `linkspan-events`.

fn main() -> std::process::ExitCode {
    linkspan_events::program().main()
}
