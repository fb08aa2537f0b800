//! Services: those that ask for a load balancer are ready when they have its address.

use super::{Scene, Verdict};

pub(super) fn verdict(scene: &Scene<'_>) -> Verdict {
    let object = scene.object;
    let waits =
        object.text("/spec/type") == Some("LoadBalancer") && object.list("/status/loadBalancer/ingress").is_empty();
    if waits { Verdict::progressing("it has no load balancer address yet") } else { Verdict::ready() }
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;

    #[test]
    fn only_load_balancers_are_waited_for() {
        let service = |spec: &str, status: &str| {
            told(&format!("apiVersion: v1\nkind: Service\nspec: {{{spec}}}\nstatus: {{{status}}}\n"))
        };
        assert_eq!(service("", ""), "ready");
        assert_eq!(
            service("type: LoadBalancer", "loadBalancer: {}"),
            "progressing: it has no load balancer address yet"
        );
        assert_eq!(service("type: LoadBalancer", "loadBalancer: {ingress: [{ip: 10.0.0.1}]}"), "ready");
    }
}
