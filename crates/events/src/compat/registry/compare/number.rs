use super::super::fault::{Fault, Outcome};
use super::super::list::List;
use super::super::node::Numeric;
use super::super::value::Number;
use super::{Comparison, limits};

impl Comparison<'_, '_> {
    pub(super) fn numbers(&self, o: &Numeric, u: &Numeric, list: &mut List) -> Outcome<()> {
        let double = |number: Option<Number>| number.map(Number::double);
        limits::MAXIMUM.compare(double(o.maximum), double(u.maximum), list, self.policy);
        limits::MINIMUM.compare(double(o.minimum), double(u.minimum), list, self.policy);
        self.exclusive_maximum(o, u, list)?;
        let (original, update) = (double(o.exclusive_minimum), double(u.exclusive_minimum));
        limits::EXCLUSIVE_MINIMUM.compare(original, update, list, self.policy);
        self.multiple_of(o.multiple_of, u.multiple_of, list);
        match (o.integer, u.integer) {
            (true, false) => list.add("TYPE_EXTENDED", "", self.policy),
            (false, true) => list.add("TYPE_NARROWED", "", self.policy),
            _ => {}
        }
        Ok(())
    }

    /// A lowered limit is held against the update's `maximum`, as the peer does.
    fn exclusive_maximum(&self, o: &Numeric, u: &Numeric, list: &mut List) -> Outcome<()> {
        let limit = &limits::EXCLUSIVE_MAXIMUM;
        let kind = match (o.exclusive_maximum, u.exclusive_maximum) {
            (None, Some(_)) => limit.added,
            (Some(_), None) => limit.removed,
            (Some(original), Some(update)) if original != update => {
                if original.double() < update.double() {
                    limit.increased
                } else {
                    let Some(maximum) = u.maximum else {
                        let reason = "`exclusiveMaximum` was lowered, and the update has no `maximum`";
                        return Err(Fault::Compare(reason.to_owned()));
                    };
                    if original.double() <= maximum.double() {
                        return Ok(());
                    }
                    limit.decreased
                }
            }
            _ => return Ok(()),
        };
        limit.add(kind, list, self.policy);
        Ok(())
    }

    fn multiple_of(&self, o: Option<Number>, u: Option<Number>, list: &mut List) {
        let kind = match (o, u) {
            (None, None) => return,
            (None, Some(_)) => "MULTIPLE_OF_ADDED",
            (Some(_), None) => "MULTIPLE_OF_REMOVED",
            (Some(o), Some(u)) => match (u.is_multiple_of(o), o.is_multiple_of(u)) {
                (true, true) if o.double().is_sign_positive() == u.double().is_sign_positive() => return,
                (true, _) => "MULTIPLE_OF_EXPANDED",
                (false, true) => "MULTIPLE_OF_REDUCED",
                (false, false) if o == u => return,
                (false, false) => "MULTIPLE_OF_CHANGED",
            },
        };
        list.add(kind, "/multipleOf", self.policy);
    }
}
