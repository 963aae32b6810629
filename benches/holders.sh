#!/usr/bin/env bash
# Ten thousand practices under the full quality framework of 2025/26: process start to last byte, release build,
# beside an awk script that works the same payments out in binary floats, as an analyst would. Prints the time of
# each, the ratio, and how many practices the floats have a penny wrong.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet
contract=contracts/published/england-primary/qof.json
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Points, thresholds, areas and average list as the contract has them, one indicator a line.
awk '
  match($0, /"id": "[A-Z0-9]+", "in": "[a-z_]+"/) { split(substr($0, RSTART, RLENGTH), w, "\""); area[w[4]] = w[8] }
  /"schedule"/ { rows = 1 }
  rows { line = $0
    while (match(line, /"[A-Z0-9]+": \[[0-9]+, "[0-9]+%", "[0-9]+%"\]/)) {
      split(substr(line, RSTART, RLENGTH), w, /[",:%\[\] ]+/); line = substr(line, RSTART + RLENGTH)
      print w[2], area[w[2]], w[3], w[4] / 100, w[5] / 100 } }
' "$contract" > "$folder/schedule.txt"
test "$(awk '{ points += $3 } END { print points }' "$folder/schedule.txt")" = 564

# A table with a row for each practice; the same figures in every run.
awk -v count=10000 '
  function next_number(n) { seed = (seed * 16807) % 2147483647; return seed % n }
  BEGIN { seed = 20251126 }
  { indicator[++indicators] = $1; if (!($2 in known)) { known[$2]; area[++areas] = $2 } }
  END {
    line = "practice,list,last_year"
    for (a = 1; a <= areas; a++) line = line ",register:" area[a]
    for (i = 1; i <= indicators; i++) line = line ",achieved:" indicator[i] ":numerator,achieved:" indicator[i] ":denominator"
    print line
    for (p = 1; p <= count; p++) {
      list = 1500 + next_number(28500); line = sprintf("P%05d,%d,%d.%02d", p, list, next_number(200000), next_number(100))
      for (a = 1; a <= areas; a++) line = line "," 1 + next_number(int(list / 5))
      for (i = 1; i <= indicators; i++) { d = 1 + next_number(int(list / 5)); line = line "," next_number(d + 1) "," d }
      print line } }
' "$folder/schedule.txt" > "$folder/practices.csv"
awk 'BEGIN { print "measure,period,area,value" } !($2 in known) { known[$2]; n++
  printf "national_prevalence,2025/26,%s,%.4f\n", $2, 0.01 + n * 0.0037 }' "$folder/schedule.txt" > "$folder/national.csv"

seconds() { local start; start=$(date +%s%N); "$@"; echo $((($(date +%s%N) - start) / 1000000)) > "$folder/milliseconds"; }
run() {
  target/release/carepact evaluate "$contract" --observations "$folder/practices.csv" "$folder/national.csv" \
    --for-each practice "${@:2}" > "$1"
}
floats() {
  awk -F, -v schedule="$folder/schedule.txt" -v national="$folder/national.csv" -v point=225.49 -v average="$1" '
    BEGIN { OFS = ","
      while ((getline line < schedule) > 0) { split(line, w, " "); i++; area[i] = w[2]; points[i] = w[3]; low[i] = w[4]; high[i] = w[5] }
      while ((getline line < national) > 0) { split(line, w, ","); prevalence[w[3]] = w[4] }
      split("smoking blood_pressure vaccination cervical_screening", list_only, " "); for (k in list_only) plain[list_only[k]] }
    NR == 1 { for (c = 1; c <= NF; c++) column[$c] = c
      for (c = 1; c <= NF; c++) if ($c ~ /^achieved:.*numerator$/) first[++n] = c; next }
    { total = 0
      for (i = 1; i <= n; i++) { a = $(first[i]) / $(first[i] + 1)
        score = (a - low[i]) / (high[i] - low[i]); if (score < 0) score = 0; if (score > 1) score = 1
        factor = (area[i] in plain) ? 1 : $(column["register:" area[i]]) / $2 / prevalence[area[i]]
        total += points[i] * score * point * ($2 / average) * factor }
      printf "%s,%.2f\n", $1, total }' "$folder/practices.csv" > "$2"
}

average=$(grep -A1 '"average_list"' "$contract" | grep -o '[0-9]\{5\}')
seconds run "$folder/statement.csv" --format csv; statement=$(cat "$folder/milliseconds")
seconds run "$folder/table.csv" --table achievement; table=$(cat "$folder/milliseconds")
seconds floats "$average" "$folder/floats.csv"; floats=$(cat "$folder/milliseconds")
wrong=$(awk -F, 'NR == FNR { exact[$1] = $2; next } ($1 in exact) && exact[$1] != $2 { n++ } END { print n + 0 }' \
  "$folder/table.csv" "$folder/floats.csv")
awk -v s="$statement" -v t="$table" -v f="$floats" -v rows="$(wc -l < "$folder/statement.csv")" -v w="$wrong" 'BEGIN {
  printf "full statements of 10,000 practices: %.1f s, %d rows\n", s / 1000, rows
  printf "one amount for each: %.1f s; awk in binary floats %.1f s, ratio %.2f; the floats have %d of 10,000 wrong\n", t / 1000, f / 1000, t / f, w }'
