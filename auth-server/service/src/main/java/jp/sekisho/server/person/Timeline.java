package jp.sekisho.server.person;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Everything the directory knows of one person, past and future; immutable, in a fixed order.
 *
 * @param name empty for somebody unknown
 */
record Timeline(String number, String name, List<PostRow> posts, List<RoleRow> roles) {
  private static final Comparator<PostRow> POSTS =
      Comparator.comparing((PostRow post) -> post.validity().from())
          .thenComparing(PostRow::kind)
          .thenComparing(PostRow::organ)
          .thenComparing(PostRow::division)
          .thenComparing(PostRow::title);
  private static final Comparator<RoleRow> ROLES =
      Comparator.comparing((RoleRow role) -> role.validity().from())
          .thenComparing(RoleRow::organ)
          .thenComparing(RoleRow::division)
          .thenComparing(RoleRow::role);

  Timeline {
    posts = posts.stream().sorted(POSTS).toList();
    roles = roles.stream().sorted(ROLES).toList();
  }

  /** Nothing known. */
  static Timeline unknown(String number) {
    return new Timeline(number, "", List.of(), List.of());
  }

  boolean isKnown() {
    return !name.isEmpty();
  }

  Timeline named(String newName) {
    return new Timeline(number, newName, posts, roles);
  }

  /** What held until {@code last}; what begins later is gone. */
  Timeline until(LocalDate last) {
    return until(last, _ -> true, _ -> true);
  }

  /** As {@link #until(LocalDate)}, of those posts and roles only that are chosen. */
  Timeline until(LocalDate last, Predicate<PostRow> which, Predicate<RoleRow> whose) {
    return new Timeline(
        number,
        name,
        posts.stream()
            .filter(post -> !which.test(post) || !post.validity().from().isAfter(last))
            .map(post -> which.test(post) ? post.during(post.validity().endingBy(last)) : post)
            .toList(),
        roles.stream()
            .filter(role -> !whose.test(role) || !role.validity().from().isAfter(last))
            .map(role -> whose.test(role) ? role.during(role.validity().endingBy(last)) : role)
            .toList());
  }

  /** With a further post and the roles that go with it. */
  Timeline with(PostRow post, List<RoleRow> itsRoles) {
    List<PostRow> morePosts = new java.util.ArrayList<>(posts);
    morePosts.add(post);
    List<RoleRow> moreRoles = new java.util.ArrayList<>(roles);
    moreRoles.addAll(itsRoles);
    return new Timeline(number, name, morePosts, moreRoles);
  }

  /** The posts held on a day; the main post first, then the oldest. */
  List<PostRow> postsOn(LocalDate day) {
    return posts.stream()
        .filter(post -> post.holds(day))
        .sorted(Comparator.comparing(PostRow::kind).thenComparing(POSTS))
        .toList();
  }

  /** The main post of a day, or else the oldest other one. */
  Optional<PostRow> postOn(LocalDate day) {
    return postsOn(day).stream().findFirst();
  }

  /** Whether the person holds the role in the organ on a day, and a post there to act in. */
  boolean holds(Role role, String organ, LocalDate day) {
    return roles.stream()
            .anyMatch(held ->
                held.role() == role && held.organ().equals(organ) && held.validity().includes(day))
        && postsOn(day).stream().anyMatch(post -> post.organ().equals(organ));
  }

  /** Every organ that a post or role names. */
  Set<String> organs() {
    Set<String> organs = new TreeSet<>();
    posts.forEach(post -> organs.add(post.organ()));
    roles.forEach(role -> organs.add(role.organ()));
    return organs;
  }

  /** Each day on which something begins, or on which it is over for the first time. */
  Set<LocalDate> turns() {
    Set<LocalDate> days = new TreeSet<>();
    for (PostRow post : posts) {
      add(days, post.validity());
      Contract under = post.contract();
      if (under != null) {
        days.add(under.until().plusDays(1));
      }
    }
    roles.forEach(role -> add(days, role.validity()));
    return days;
  }

  private static void add(Set<LocalDate> days, Validity validity) {
    days.add(validity.from());
    if (validity.until().isBefore(Validity.OPEN_END)) {
      days.add(validity.until().plusDays(1));
    }
  }

  /**
   * What holds on a day, the days themselves apart: equal for two days between which nothing turns.
   */
  private Set<Object> stateOn(LocalDate day) {
    Set<Object> state =
        posts.stream()
            .filter(post -> post.holds(day))
            .map(PostRow::undated)
            .collect(Collectors.toSet());
    roles.stream()
        .filter(role -> role.validity().includes(day))
        .map(RoleRow::undated)
        .forEach(state::add);
    return state;
  }

  /**
   * The first day on which the two differ in what the person is or may; empty if only in a name.
   */
  static Optional<LocalDate> firstDifference(Timeline before, Timeline after) {
    Set<LocalDate> days = new TreeSet<>(before.turns());
    days.addAll(after.turns());
    return days.stream().filter(day -> !before.stateOn(day).equals(after.stateOn(day))).findFirst();
  }

  @Override
  public String toString() {
    return "Timeline[" + number + "]"; // no name in a trace
  }
}
