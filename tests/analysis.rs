//! The analysis held against answers worked out by hand: five small contracts of one commissioner and
//! one trust, and the figures of the Harbourside design.

mod common;

use carepact::analyse::{Beside, Budget, Payoff, Subject, Verdict, periods};
use carepact::{Exact, Model, Request};
use common::{amount, compile, observations, text};

const HARBOURSIDE: &str = "contracts/harbourside/prime-provider.json";
const DATA: &str = "fixtures/harbourside/2026-27.csv";

/// A contract of one year that pays a trust for `rate`, from 0 to 1 in steps of 0.01 (higher is better),
/// or for `savings`, a share of spending from −0.1 to 0.2, by these clauses.
fn model(clauses: &str) -> Model {
    let text = format!(
        r#"{{ "carepact": 1, "contract": "small", "title": "Small", "synthetic": true, "currency": "GBP",
        "rounding": {{ "mode": "half_away", "residue": "largest_remainder" }},
        "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
        "parties": [{{ "id": "icb", "role": "commissioner" }}, {{ "id": "trust", "role": "provider" }}],
        "measures": {{
          "rate": {{ "kind": "number", "per": "year", "range": [0, 1], "step": "0.01", "better": "higher" }},
          "savings": {{ "kind": "number", "per": "year", "range": ["-0.1", "0.2"], "step": "0.001", "better": "higher" }} }},
        "clauses": {{ {clauses} }} }}"#
    );
    compile("small", &text)
}

fn incentive(id: &str, formula: &str) -> String {
    format!(
        r#""{id}": {{ "kind": "gain_share", "from": "icb", "to": "trust", "per": "year", "amount": "{formula}" }}"#
    )
}

/// What the outcome pays beside the middle of every range.
fn payoff(model: &Model) -> Payoff {
    let analysis = model.analysis(Budget::default());
    let (facts, period) = analysis.beside(None);
    let mut found = analysis.payoffs(Beside { facts: &facts, period: period.0 });
    assert_eq!(found.len(), 1, "one outcome moves money");
    found.remove(0)
}

fn exact(text: &str) -> Exact {
    Exact::parse(text).expect("a number")
}

#[test]
fn an_interpolated_incentive_slopes_and_never_jumps() {
    // 10,000 from 60 % to 80 %: 500 for each of 20 points, nothing below and nothing more above.
    let payoff = payoff(&model(&incentive("pay", "GBP 10000 * score(rate, 60%, 80%)")));
    let trust = &payoff.incentives[0];
    assert_eq!((&trust.least, &trust.most), (&amount("0"), &amount("500")));
    assert_eq!(trust.now, amount("0"), "the middle of the range, 50 %, lies below the floor");
    assert_eq!(trust.verdict, Verdict::Proven { rounding: Exact::ZERO });
    assert!(payoff.cliffs.is_empty());
    let zones: Vec<_> = payoff.dead_zones.iter().map(|zone| (zone.from.clone(), zone.to.clone())).collect();
    assert_eq!(zones, [(exact("0"), exact("0.6")), (exact("0.8"), exact("1"))]);
    assert!(payoff.dead_zones[0].holds_data && !payoff.dead_zones[1].holds_data);
}

#[test]
fn a_gate_jumps() {
    // All of 10,000 at 60 %; 50 % stands 0.1 below it, in units of the rate as reported.
    let payoff = payoff(&model(&incentive("pay", "if rate >= 60% then GBP 10000 else GBP 0")));
    assert_eq!(payoff.cliffs.len(), 1);
    let cliff = &payoff.cliffs[0];
    assert_eq!(cliff.at, exact("0.6"));
    assert_eq!(cliff.gains, [("icb".to_string(), amount("-10000")), ("trust".to_string(), amount("10000"))]);
    assert_eq!(payoff.incentives[0].verdict, Verdict::Proven { rounding: Exact::ZERO });
    assert_eq!(payoff.incentives[0].most, amount("0"), "but for the jump nothing moves");
}

#[test]
fn a_minimum_savings_rate_jumps_and_a_corridor_does_not() {
    // Half of savings of a million, from the first pound once they reach 2 %: a jump of 10,000.
    let minimum = incentive("pay", "if savings >= 2% then 50% * GBP 1000000 * savings else GBP 0");
    let payoff_of_minimum = payoff(&model(&minimum));
    assert_eq!(payoff_of_minimum.cliffs.len(), 1);
    assert_eq!(payoff_of_minimum.cliffs[0].gains[1], ("trust".to_string(), amount("10000")));
    // The same share of what lies beyond 2 %: no jump, 5,000 for each percentage point beyond.
    let corridor = incentive("pay", "50% * GBP 1000000 * max(0, savings - 2%)");
    let payoff = payoff(&model(&corridor));
    assert!(payoff.cliffs.is_empty());
    assert_eq!((&payoff.incentives[0].least, &payoff.incentives[0].most), (&amount("0"), &amount("5000")));
    assert_eq!(payoff.dead_zones.len(), 1);
    assert_eq!(payoff.dead_zones[0].to, exact("0.02"));
}

#[test]
fn an_incentive_with_a_step_penalty_on_the_same_measure_is_perverse() {
    // 100 for each point of the rate, and 3,000 back from 90 % on: at 89 % the trust nets 8,900, at 90 %
    // 6,000. Doing better by one point loses 2,900.
    let clauses = [
        incentive("pay", "GBP 10000 * rate"),
        incentive("back", "if rate >= 90% then -(GBP 3000) else GBP 0").replace("gain_share", "adjustment"),
    ];
    let payoff = payoff(&model(&clauses.join(", ")));
    let refuted = Verdict::Refuted { worse: exact("0.89"), better: exact("0.9"), lost: amount("2900") };
    assert_eq!(payoff.incentives[0].verdict, refuted);
    assert_eq!(payoff.cliffs[0].gains[1], ("trust".to_string(), amount("-3000")));
}

#[test]
fn what_a_cap_gives_back_cancels_and_the_bound_is_attained() {
    // A penalty of 100 for each point below 100 %, and relief of all beyond 2,500: never more than 2,500.
    let clauses = [
        incentive("penalty", "-(GBP 10000) * (1 - rate)"),
        incentive("relief", "max(GBP 0, -paid(penalty) - GBP 2500)").replace("gain_share", "limit"),
    ];
    let model = model(&clauses.join(", "));
    let analysis = model.analysis(Budget::default());
    let year = periods(model.contract()).remove(0);
    let trust = Subject::Party("trust".to_string());
    let exposure = analysis.exposure(&trust, &year, (analysis.variables.all(), None));
    assert_eq!((exposure.least.bound.clone(), exposure.most.bound.clone()), (amount("-2500"), amount("0")));
    assert!(exposure.least.is_attained() && exposure.most.is_attained());
}

#[test]
fn a_bound_that_is_attained_inside_a_range_is_found_there() {
    // 10,000 · rate up to 70 %, falling by 20,000 for each whole above: the most is 7,000, at 70 %; the
    // least 1,000 − at 100 % it is 7,000 − 6,000 − and 0 at 0 %.
    let formula = "min(GBP 10000 * rate, GBP 7000 - GBP 20000 * (rate - 70%))";
    let model = model(&incentive("pay", formula));
    let analysis = model.analysis(Budget::default());
    let year = periods(model.contract()).remove(0);
    let pay = Subject::Clause("pay".to_string());
    let exposure = analysis.exposure(&pay, &year, (analysis.variables.all(), None));
    assert_eq!((exposure.least.bound.clone(), exposure.most.bound.clone()), (amount("0"), amount("7000")));
    assert!(exposure.least.is_attained() && exposure.most.is_attained());
}

#[test]
fn four_percent_at_risk_is_another_share_of_each_partys_own_income() {
    let model = compile(HARBOURSIDE, &text(HARBOURSIDE));
    let data = observations(DATA, &text(DATA));
    let facts = model.bind(&data, &Request::default()).expect("complete data");
    let analysis = model.analysis(Budget::default());
    let (known, period) = analysis.beside(Some(&facts));
    let beside = Beside { facts: &known, period: period.0 };
    let incomes = analysis.incomes(beside);
    let income =
        |party: &str| incomes.iter().find(|known| known.party == party).map(|known| known.amount.clone());
    assert_eq!(income("emh"), Some(amount("78782400")), "design, E1");
    let stakes = analysis.at_stake(beside, &period, &incomes);
    // Design, E3: what each party can earn by outcomes, and its share of the party's own income.
    let design = [
        ("sba", "3705847.20", "2.63"),
        ("emh", "5190681.60", "6.59"),
        ("gpc", "3019579.20", "4.40"),
        ("lbh", "374328.00", "3.24"),
        ("vcs", "187164.00", "2.06"),
    ];
    for (party, earned, share) in design {
        let own = |stake: &&carepact::analyse::AtStake| {
            stake.party == party && stake.clause.as_deref() == Some("outcomes")
        };
        let stake = stakes.iter().find(own).expect("outcomes are at stake");
        assert_eq!((stake.exposure.least.bound.clone(), stake.amount()), (amount("0"), amount(earned)));
        assert!(stake.exposure.least.is_attained() && stake.exposure.most.is_attained(), "{party}");
        let shown = &stake.share.clone().expect("an income") * &Exact::from(100);
        assert_eq!(shown.rounded(&exact("0.01"), carepact::Mode::HalfAway), exact(share), "{party}");
    }
    // The council never falls below 99 % of 11,565,000, and its most is that it loses nothing.
    let council = stakes.iter().find(|stake| stake.party == "lbh" && stake.clause.is_none());
    assert_eq!(council.expect("the council").amount(), amount("115650"));
}

#[test]
fn the_corridor_of_harbourside_swallows_a_real_fall() {
    let model = compile(HARBOURSIDE, &text(HARBOURSIDE));
    let data = observations(DATA, &text(DATA));
    let facts = model.bind(&data, &Request::default()).expect("complete data");
    let analysis = model.analysis(Budget::default());
    let (known, period) = analysis.beside(Some(&facts));
    let payoffs = analysis.payoffs(Beside { facts: &known, period: period.0 });
    let cost = payoffs.iter().find(|payoff| payoff.outcome.measure == "emergency_cost").expect("a payoff");
    // 2 % of 97,950,000 to either side; spending of 97,050,000 (admissions down by 2.2 %) lies within.
    let zone = cost.dead_zones.iter().find(|zone| zone.holds_data).expect("a dead zone");
    assert_eq!((zone.from.clone(), zone.to.clone()), (amount("95991000"), amount("99909000")));
    // Half of a pound, halved between two parties.
    let acute = cost.incentives.iter().find(|incentive| incentive.party == "sba").expect("the trust");
    assert_eq!((acute.most.clone(), acute.now.clone()), (exact("0.25"), amount("0")));
    // One point of the physical health check is worth 13 % of 12,477,600 over 15 points, 60 % of it to EMH.
    let check = payoffs.iter().find(|payoff| payoff.outcome.members == ["C01"]).expect("a payoff");
    let trust = check.incentives.iter().find(|incentive| incentive.party == "emh").expect("the trust");
    assert_eq!(trust.now, amount("64883.52"));
}

/// Practices with 1,000 people or some thousands are paid £100 a person and £10,000 each, share a pot of
/// £60,000 by `weights`, and can earn £5 a person by quality.
fn practices(weights: &str) -> Model {
    let text = format!(
        r#"{{ "carepact": 1, "contract": "practices", "title": "Practices", "synthetic": true, "currency": "GBP",
        "rounding": {{ "mode": "half_away", "residue": "largest_remainder" }},
        "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
        "parties": [{{ "id": "icb", "role": "commissioner" }},
          {{ "id": "practice", "many": true, "role": "provider" }}],
        "measures": {{
          "list": {{ "kind": "count", "unit": "person", "by": ["practice"], "per": "year", "range": [1, 10000] }},
          "quality": {{ "kind": "number", "by": ["practice"], "per": "year", "range": [0, 1], "step": "0.01",
            "better": "higher" }} }},
        "tables": {{ "price": "100 GBP/person", "prize": "5 GBP/person" }},
        "quantities": {{ "weight": "{weights}" }},
        "clauses": {{
          "core": {{ "kind": "capitation", "from": "icb", "to": "practice", "per": "year", "amount": "list * price" }},
          "rent": {{ "kind": "block", "from": "icb", "to": "practice", "per": "year", "amount": "GBP 10000" }},
          "pot": {{ "kind": "payment", "from": "icb", "to": {{ "weights": "weight", "among": "practice" }}, "per": "year",
            "amount": "GBP 60000" }},
          "quality": {{ "kind": "incentive", "from": "icb", "to": "practice", "per": "year",
            "amount": "list * prize * quality" }} }} }}"#
    );
    compile("practices", &text)
}

/// Three practices, each with half of what quality can be.
fn three_practices(model: &Model) -> carepact::Facts {
    let mut data = "measure,period,practice,value\n".to_string();
    for (name, list) in [("P1", 1000), ("P2", 2000), ("P3", 3000)] {
        data.push_str(&format!("list,2026/27,{name},{list}\nquality,2026/27,{name},0.5\n"));
    }
    model.bind(&observations("practices", &data), &Request::default()).expect("complete data")
}

#[test]
fn a_holders_income_is_its_part_of_what_all_share_and_its_share_is_of_that() {
    let model = practices("list");
    let findings = model.audit(Some(&three_practices(&model)), Budget::default());
    let of = findings.holders.as_ref().expect("holders");
    // 100,000 + 10,000 + a sixth of the pot = 120,000; alone, the first practice would take all of the pot.
    // Quality moves it by 1,000 × 5 = 5,000, a twenty-fourth; the others by 10,000 of 230,000 and 15,000 of
    // 340,000.
    let found: Vec<_> = of
        .each
        .iter()
        .map(|stake| {
            (stake.holder.as_str(), stake.income.amount.clone(), stake.share.clone().expect("a share"))
        })
        .collect();
    let share = |part: i128, whole: i128| Exact::ratio(part, whole).expect("a number");
    assert_eq!(
        found,
        [
            ("P1", amount("120000"), share(1, 24)),
            ("P2", amount("230000"), share(1, 23)),
            ("P3", amount("340000"), share(3, 68)),
        ]
    );
    let own = &of.each[1];
    assert_eq!((own.stands.clone(), own.amount()), (amount("235000"), amount("10000")));
    assert!(own.least.is_attained() && own.most.is_attained() && !of.meet);
    // Together 690,000 without quality, and 30,000 by quality.
    let all = of.together.last().expect("all clauses");
    let together = (all.stands.clone(), all.least.clone(), all.most.clone(), all.attained);
    assert_eq!(together, (amount("705000"), amount("690000"), amount("720000"), true));
    // What the audit tells of one holder is told of the one that is named.
    let third = model.audit_of(Some(&three_practices(&model)), 2, Budget::default());
    let income = third.incomes.iter().find(|income| income.party == "practice").expect("an income");
    assert_eq!(income.amount, amount("340000"));
}

#[test]
fn holders_who_meet_in_a_pot_that_outcomes_divide_are_not_said_to_attain_their_ends() {
    // By list × quality each practice can take all of the pot or none, whatever the others do.
    let model = practices("list * quality");
    let facts = three_practices(&model);
    let findings = model.audit(Some(&facts), Budget::default());
    let of = findings.holders.as_ref().expect("holders");
    assert!(of.meet);
    let most = &of.each[0].most;
    assert!(most.bound >= amount("175000"), "100,000 + 10,000 + 60,000 + 5,000");
    // Beside the others at a half, all of its own quality makes it 1,000 of 3,500: 17,142.86 of the pot.
    assert_eq!(most.found, amount("132142.86"));
    let pot = of.together.iter().find(|known| known.clause.as_deref() == Some("pot")).expect("the pot");
    assert!(pot.least <= amount("0") && pot.most >= amount("60000") && !pot.attained);
    assert_eq!(pot.stands, amount("60000"));
}

#[test]
fn what_is_alike_is_bounded_alike_and_one_fact_read_twice_is_not_two() {
    // A thousand times what one number has above a half less what another has: 500 at most, −500 at least,
    // whichever two numbers they are. Of one number less itself it is 0, though each half looks the same.
    let apart = |x: &str, y: &str| format!("GBP 1000 * (max({x}, 50%) - max({y}, 50%))");
    let names = ["a", "b", "c", "d", "e"];
    let measures = names.map(|name| {
        format!(r#""{name}": {{ "kind": "number", "per": "year", "range": [0, 1], "step": "0.01" }}"#)
    });
    let clauses = [
        incentive("one_pair", &apart("a", "b")),
        incentive("itself", &apart("c", "c")),
        incentive("other_pair", &apart("d", "e")),
    ];
    let text = format!(
        r#"{{ "carepact": 1, "contract": "alike", "title": "Alike", "synthetic": true, "currency": "GBP",
        "rounding": {{ "mode": "half_away", "residue": "largest_remainder" }},
        "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
        "parties": [{{ "id": "icb", "role": "commissioner" }}, {{ "id": "trust", "role": "provider" }}],
        "measures": {{ {} }}, "clauses": {{ {} }} }}"#,
        measures.join(", "),
        clauses.join(", ")
    );
    let model = compile("alike", &text);
    let exposures = model.analysis(Budget::default()).exposures();
    let of = |clause: &str| {
        let subject = Subject::Clause(clause.to_string());
        exposures.iter().find(|exposure| exposure.subject == subject).expect("a clause")
    };
    for pair in ["one_pair", "other_pair"].map(of) {
        assert_eq!((&pair.least.bound, &pair.most.bound), (&amount("-500"), &amount("500")));
        assert!(pair.least.is_attained() && pair.most.is_attained());
    }
    // That the two halves are one is seen box by box, so the bound comes near 0 and need not reach it.
    let itself = of("itself");
    assert_eq!((&itself.least.found, &itself.most.found), (&amount("0"), &amount("0")));
    assert!(itself.most.bound <= amount("50") && itself.least.bound >= amount("-50"));
}
