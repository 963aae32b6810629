# Daily work. `just` lists the recipes; each is one line that can be run by hand.

_default:
    @just --list

# what continuous integration runs
ci:
    bash .ci/run

# all tests
test:
    cargo test --workspace

# rewrite golden files (expected diagnostics, generated reference, console blocks); review with git diff
update:
    UPDATE=1 cargo test --workspace

# more cases for the property tests
properties cases="2000":
    PROPTEST_CASES={{cases}} cargo test --release --test properties

# the time of one statement, process start to last byte
time:
    bash benches/statement-time.sh

# the batch reading beside its peers, those that are installed; the table is left at target/peers.txt
peers *names="":
    cargo bench --bench peers -- {{names}}

# the same without wide vectors
peers-baseline *names="":
    cargo bench -p carepact --no-default-features --bench peers -- {{names}}

# the batch reading against independent results, so many scenarios of each contract
equal count="10000000":
    cargo bench --bench equal -- {{count}}

# a contract of a hundred thousand nodes compiled and audited
scale providers="60":
    cargo bench --bench scale -- {{providers}}

# a million payments reconciled: time and memory
million:
    cargo bench -p carepact-finance --bench million

# fuzz one target for some seconds (needs cargo-fuzz)
fuzz target seconds="180":
    cd fuzz && RUSTC_BOOTSTRAP=1 cargo fuzz run {{target}} -- -max_total_time={{seconds}} -timeout=20

# licences, sources and doubled crates (needs cargo-deny)
deny:
    cargo deny check bans licenses sources
