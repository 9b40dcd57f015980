package jp.sekisho.server.measure;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.protocol.OutOfStep;
import jp.sekisho.server.person.TerminalDivisions;
import jp.sekisho.server.policy.SignedPolicies;
import jp.sekisho.server.policy.SignedPolicies.RuleIds;
import jp.sekisho.server.terminal.Registration;
import jp.sekisho.server.terminal.Terminal;
import org.jdbi.v3.core.Handle;

/**
 * Holds the register of exceptional measures against the signed policy and against what terminals
 * measure of themselves, both ways. A rule that is there for a measure names it in its id: {@code
 * usb.e-0007.scanner} is there for E-0007. Thread-safe.
 */
final class Comparison {
  private static final Pattern NUMBER = Pattern.compile("(?<![a-z0-9])e-([0-9]{4,9})(?![a-z0-9])");

  private final MeasureRepository rows;
  private final SignedPolicies policies;
  private final Registration terminals;
  private final TerminalDivisions divisions;

  Comparison(
      MeasureRepository rows,
      SignedPolicies policies,
      Registration terminals,
      TerminalDivisions divisions) {
    this.rows = rows;
    this.policies = policies;
    this.terminals = terminals;
    this.divisions = divisions;
  }

  /** Numbers of the measures that the id of a rule names. */
  static Set<String> named(String rule) {
    Set<String> numbers = new TreeSet<>();
    Matcher found = NUMBER.matcher(rule);
    while (found.find()) {
      numbers.add("E-" + found.group(1));
    }
    return numbers;
  }

  /**
   * Rules that are there for a measure of which no permission counts. For the common policy one of
   * any 機関 does, since numbers are given once in the installation; for a layer of the organ only
   * its own.
   *
   * @param running of every organ
   * @param ours of them those of the organ
   */
  static List<OutOfStep> unpermitted(RuleIds rules, List<Measure> running, List<Measure> ours) {
    List<OutOfStep> found = new ArrayList<>();
    Set<String> all = new TreeSet<>(rules.common());
    all.addAll(rules.own());
    for (String rule : all) {
      List<Measure> counting = rules.own().contains(rule) ? ours : running;
      named(rule).stream()
          .filter(number -> counting.stream().noneMatch(one -> one.number().equals(number)))
          .forEach(number -> found.add(new OutOfStep("rule-unpermitted", rule, number)));
    }
    return found;
  }

  /** What does not agree in an organ on a day. */
  List<OutOfStep> of(Handle handle, String organ, LocalDate today) {
    List<Measure> running =
        rows.permitted(handle).sound().stream().filter(one -> one.runs(today)).toList();
    List<Measure> ours = running.stream().filter(one -> one.organ().equals(organ)).toList();
    RuleIds rules = policies.ruleIds(handle, organ);
    List<OutOfStep> found = new ArrayList<>(unpermitted(rules, running, ours));
    List<Terminal> here =
        terminals.ofOrgan(handle, organ).stream()
            .filter(one -> one.state() == Terminal.State.ACTIVE)
            .toList();
    for (Measure one : ours) {
      String rule = one.text().rule();
      if (rule != null && !rules.contains(rule)) {
        found.add(new OutOfStep("rule-gone", rule, one.number()));
      }
      for (String terminal : one.text().terminals()) {
        if (here.stream().noneMatch(active -> active.id().equals(terminal))) {
          found.add(new OutOfStep("terminal-gone", terminal, one.number()));
        }
      }
    }
    for (Terminal terminal : here) {
      if (terminal.enforcement() == Terminal.Enforcement.MISCONFIGURED) {
        String division = divisions.find(handle, terminal.id(), organ).orElse(null);
        if (ours.stream().noneMatch(one -> one.text().covers(terminal.id(), division))) {
          found.add(new OutOfStep("terminal-unpermitted", terminal.id(), null));
        }
      }
    }
    return found;
  }
}
