package jp.sekisho.server.person;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import jp.sekisho.server.person.RowFault.Code;

/**
 * Whether the offices of each 機関 stay filled: an approver, an administrator, an auditor, as many
 * policy officers as must sign, and at least three persons in all of these.
 *
 * <p>A change may not lower any of these numbers below what is demanded, today or on any later day;
 * a number that was too low before, as in a new installation, may stay so. An office counts where
 * the person has a post there that day, under a running contract.
 */
final class Staffing {
  /** Persons that the offices of one organ are spread over at least. */
  static final int FEWEST_PERSONS = 3;

  private static final int MOST_NAMED = 5;

  /**
   * One demand.
   *
   * @param organ the organ; {@code *} where all of them count together
   */
  private record Demand(
      Code code, String organ, int least, BiPredicate<Timeline, LocalDate> fills) {}

  private final Set<String> organs;
  private final int officers;

  /**
   * @param officers k, how many policy officers must sign
   */
  Staffing(Set<String> organs, int officers) {
    this.organs = organs;
    this.officers = officers;
  }

  private List<Demand> demands() {
    List<Demand> demands = new ArrayList<>();
    for (String organ : organs) {
      demands.add(one(Code.NO_APPROVER, organ, Role.APPROVER));
      demands.add(one(Code.NO_ADMIN, organ, Role.ADMIN));
      demands.add(one(Code.NO_AUDITOR, organ, Role.AUDITOR));
      demands.add(
          new Demand(
              Code.FEW_PERSONS,
              organ,
              FEWEST_PERSONS,
              (person, day) ->
                  Set.of(Role.APPROVER, Role.ADMIN, Role.AUDITOR, Role.POLICY_OFFICER, Role.CISO)
                      .stream()
                      .anyMatch(role -> person.holds(role, organ, day))));
    }
    demands.add(
        new Demand(
            Code.FEW_OFFICERS,
            "*",
            officers,
            (person, day) ->
                organs.stream().anyMatch(o -> person.holds(Role.POLICY_OFFICER, o, day))));
    return demands;
  }

  private static Demand one(Code code, String organ, Role role) {
    return new Demand(code, organ, 1, (person, day) -> person.holds(role, organ, day));
  }

  /**
   * What a change would take away, each demand with the first day of its breach.
   *
   * @param before everybody who holds an office, and everybody changed, by staff number
   * @param after the same persons after the change
   * @param today days before are over
   */
  List<RowFault> obstacles(
      Map<String, Timeline> before, Map<String, Timeline> after, LocalDate today) {
    List<RowFault> faults = new ArrayList<>();
    List<Timeline> holdersBefore = holders(before);
    List<Timeline> holdersAfter = holders(after);
    Set<LocalDate> days = days(holdersBefore, holdersAfter, today);
    for (Demand demand : demands()) {
      for (LocalDate day : days) {
        Set<String> then = filling(demand, holdersAfter, day);
        if (then.size() < demand.least()) {
          Set<String> now = filling(demand, holdersBefore, day);
          if (then.size() < now.size()) {
            now.removeAll(then);
            faults.add(
                fault(
                    demand,
                    day,
                    then.size(),
                    now.stream().limit(MOST_NAMED).collect(Collectors.joining(" "))));
            break;
          }
        }
      }
    }
    return faults;
  }

  private static RowFault fault(Demand demand, LocalDate day, int filling, String gone) {
    return RowFault.ofFile(
        demand.code(),
        demand.organ(),
        day.toString(),
        String.valueOf(filling),
        String.valueOf(demand.least()),
        gone);
  }

  /**
   * The demands that will not be met although nobody changes anything more, each with the first
   * such day: terms that run out, or offices never filled.
   */
  List<RowFault> gaps(Map<String, Timeline> persons, LocalDate today) {
    List<RowFault> gaps = new ArrayList<>();
    List<Timeline> holders = holders(persons);
    Set<LocalDate> days = days(holders, List.of(), today);
    for (Demand demand : demands()) {
      for (LocalDate day : days) {
        Set<String> then = filling(demand, holders, day);
        if (then.size() < demand.least()) {
          gaps.add(fault(demand, day, then.size(), ""));
          break;
        }
      }
    }
    return gaps;
  }

  /** Those with an office on some day: all others fill no demand, and they are nearly everybody. */
  private static List<Timeline> holders(Map<String, Timeline> persons) {
    return persons.values().stream()
        .filter(person -> person.roles().stream().anyMatch(role -> role.role() != Role.CLERK))
        .toList();
  }

  private static Set<String> filling(Demand demand, List<Timeline> holders, LocalDate day) {
    return holders.stream()
        .filter(person -> demand.fills().test(person, day))
        .map(Timeline::number)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<LocalDate> days(List<Timeline> before, List<Timeline> after, LocalDate today) {
    TreeSet<LocalDate> days = new TreeSet<>();
    days.add(today);
    before.forEach(person -> days.addAll(person.turns()));
    after.forEach(person -> days.addAll(person.turns()));
    return days.tailSet(today);
  }
}
