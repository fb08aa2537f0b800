//! The program `linkspan-rollout`.

fn main() -> std::process::ExitCode {
    linkspan_rollout::program().main()
}
