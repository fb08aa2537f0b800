//! The program `linkspan`.

fn main() -> std::process::ExitCode {
    linkspan::program().main()
}
