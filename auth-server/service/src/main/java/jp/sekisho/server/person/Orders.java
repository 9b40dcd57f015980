package jp.sekisho.server.person;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jp.sekisho.protocol.FiscalYear;
import jp.sekisho.server.person.RowFault.Code;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a file make of one person: pure, no clock. The rows take effect in the order of
 * their days, on the same day ASSIGN before RENEW before CONCURRENT before END, whatever their
 * order in the file. The day of a RENEW is the one after the term that it follows.
 */
final class Orders {
  /** Posts and roles of one person, past ones included; also rows about one person in a file. */
  static final int MAX_POSTS = 200;

  /** Those on the day a file takes effect and later: what one log entry can name. */
  static final int MAX_COMING = 40;

  private Orders() {}

  /** What came of it: {@code faults} is empty, or {@code after} is worth nothing. */
  record Result(Timeline after, List<RowFault> faults) {
    Result {
      faults = List.copyOf(faults);
    }
  }

  static Result apply(Timeline before, List<OrderRow> rows) {
    if (rows.size() > MAX_POSTS) {
      return fault(
          before, rows.getFirst(), Code.TOO_MANY_POSTS, before.number(), String.valueOf(MAX_POSTS));
    }
    List<OrderRow> left = new ArrayList<>(rows);
    long line = next(before, left).line();
    List<RowFault> faults = new ArrayList<>();
    Timeline now = before;
    while (!left.isEmpty()) {
      OrderRow row = next(now, left);
      left.remove(row);
      Result one = apply(now, row);
      now = one.after();
      faults.addAll(one.faults());
    }
    if (faults.isEmpty()) {
      if (now.posts().size() + now.roles().size() > MAX_POSTS) {
        faults.add(
            RowFault.ofLine(line, Code.TOO_MANY_POSTS, now.number(), String.valueOf(MAX_POSTS)));
      }
      if (hasTwoMainPosts(now)) {
        faults.add(RowFault.ofLine(line, Code.TWO_MAIN, now.number()));
      }
      String organ = conflict(now);
      if (organ != null) {
        faults.add(RowFault.ofLine(line, Code.ROLE_CONFLICT, "ADMIN AUDITOR", organ));
      }
    }
    return new Result(now, faults);
  }

  /** The row that takes effect first of those left: the day of a RENEW hangs on those before. */
  private static OrderRow next(Timeline now, List<OrderRow> left) {
    return left.stream()
        .min(Comparator.comparing((OrderRow row) -> day(now, row)).thenComparing(OrderRow::kind))
        .orElseThrow();
  }

  private static LocalDate day(Timeline now, OrderRow row) {
    LocalDate from = row.from();
    if (from != null) {
      return from;
    }
    if (row.kind() == OrderKind.RENEW) { // of a post to come: once that is there
      return renewed(now, row).map(post -> dayAfter(post.validity())).orElse(LocalDate.MAX);
    }
    return Objects.requireNonNullElse(row.until(), LocalDate.MIN);
  }

  private static LocalDate dayAfter(Validity validity) {
    return validity.until().plusDays(1);
  }

  private static boolean hasTwoMainPosts(Timeline timeline) {
    List<PostRow> main =
        timeline.posts().stream().filter(post -> post.kind() == Kind.MAIN).toList();
    for (int i = 1; i < main.size(); i++) { // by their first days: neighbours overlap first
      if (main.get(i).validity().overlaps(main.get(i - 1).validity())) {
        return true;
      }
    }
    return false;
  }

  /** An organ that the person would administer and audit on one day. */
  private static @Nullable String conflict(Timeline timeline) {
    for (RoleRow admin : timeline.roles()) {
      for (RoleRow auditor : timeline.roles()) {
        if (admin.role() == Role.ADMIN
            && auditor.role() == Role.AUDITOR
            && admin.organ().equals(auditor.organ())
            && admin.validity().overlaps(auditor.validity())) {
          return admin.organ();
        }
      }
    }
    return null;
  }

  private static Result apply(Timeline before, OrderRow row) {
    if (row.kind() != OrderKind.ASSIGN && !before.isKnown()) {
      return fault(before, row, Code.UNKNOWN_PERSON, row.number());
    }
    Timeline named = row.name().isEmpty() ? before : before.named(row.name());
    return switch (row.kind()) {
      case ASSIGN -> assign(named, row, Objects.requireNonNull(row.from()));
      case CONCURRENT -> concurrent(named, row, Objects.requireNonNull(row.from()));
      case RENEW -> renew(named, row, Objects.requireNonNull(row.until()));
      case END -> end(named, row, Objects.requireNonNull(row.until()));
    };
  }

  private static Result fault(Timeline timeline, OrderRow row, Code code, String... values) {
    return new Result(timeline, List.of(RowFault.ofLine(row.line(), code, values)));
  }

  private static Result assign(Timeline before, OrderRow row, LocalDate from) {
    return begin(before.until(from.minusDays(1)), row, Kind.MAIN, from);
  }

  private static Result concurrent(Timeline before, OrderRow row, LocalDate from) {
    if (before.postsOn(from).stream().noneMatch(post -> post.kind() == Kind.MAIN)) {
      return fault(before, row, Code.NO_MAIN, row.number(), from.toString());
    }
    // Said again: in place of what was said of it before, and of nothing else there.
    List<PostRow> same =
        before.posts().stream()
            .filter(post ->
                post.kind() == Kind.CONCURRENT
                    && isThere(row, post)
                    && !post.validity().from().isBefore(from))
            .toList();
    Timeline rest = before.until(from.minusDays(1), same::contains, role -> goesWith(role, same));
    return begin(rest, row, Kind.CONCURRENT, from);
  }

  private static Result begin(Timeline rest, OrderRow row, Kind kind, LocalDate from) {
    Validity validity =
        new Validity(from, Objects.requireNonNullElse(row.until(), Validity.OPEN_END));
    PostRow post =
        new PostRow(
            row.number(),
            row.organ(),
            row.division(),
            row.post(),
            validity,
            kind,
            row.appointment(),
            row.contract());
    if (isTaken(rest, row, validity)) {
      return fault(rest, row, Code.SAME_DIVISION, row.number(), row.division());
    }
    return new Result(rest.with(post, roles(row, row.roles(), row.lender(), validity)), List.of());
  }

  private static boolean isTaken(Timeline timeline, OrderRow row, Validity validity) {
    return timeline.posts().stream()
        .anyMatch(other -> isThere(row, other) && other.validity().overlaps(validity));
  }

  private static List<RoleRow> roles(
      OrderRow row, Set<Role> roles, String lender, Validity validity) {
    return roles.stream()
        .map(role -> new RoleRow(row.number(), row.organ(), role, validity, row.division(), lender))
        .toList();
  }

  /** The post that a RENEW names: the one that ends last. */
  private static Optional<PostRow> renewed(Timeline timeline, OrderRow row) {
    return timeline.posts().stream()
        .filter(post -> names(row, post))
        .max(Comparator.comparing(post -> post.validity().until()));
  }

  /** A new post from the day after the old one's last, so that no day is without one. */
  private static Result renew(Timeline before, OrderRow row, LocalDate until) {
    PostRow old = renewed(before, row).orElse(null);
    if (old == null) {
      return fault(before, row, Code.NO_POST, row.number());
    }
    LocalDate last = old.validity().until();
    if (last.equals(Validity.OPEN_END)) {
      return fault(before, row, Code.NO_END, row.number(), row.division());
    }
    LocalDate from = row.from();
    if (!until.isAfter(last) || (from != null && !from.equals(last.plusDays(1)))) {
      return fault(before, row, Code.RENEWAL, last.toString());
    }
    Validity term = new Validity(last.plusDays(1), until);
    if (isTaken(before, row, term)) {
      return fault(before, row, Code.SAME_DIVISION, row.number(), row.division());
    }
    LocalDate fiscal = FiscalYear.end(term.from());
    if (old.appointment() == Appointment.FISCAL_YEAR && until.isAfter(fiscal)) {
      return fault(before, row, Code.FISCAL_YEAR, fiscal.toString());
    }
    Contract contract = row.contract() == null ? old.contract() : row.contract();
    boolean contractor = old.appointment() == Appointment.CONTRACTOR;
    if (contractor != (contract != null)
        || (contract != null && contract.until().isBefore(until))) {
      return fault(before, row, Code.CONTRACT, "contract_until");
    }
    PostRow next =
        new PostRow(
            old.person(),
            old.organ(),
            old.division(),
            old.title(),
            term,
            old.kind(),
            old.appointment(),
            contract);
    List<RoleRow> held =
        before.roles().stream()
            .filter(role -> goesWith(role, List.of(old)) && role.validity().until().equals(last))
            .toList();
    Set<Role> roles =
        row.roles().isEmpty()
            ? held.stream().map(RoleRow::role).collect(Collectors.toSet())
            : row.roles();
    String lender =
        Stream.concat(Stream.of(row.lender()), held.stream().map(RoleRow::lender))
            .filter(name -> !name.isEmpty())
            .findFirst()
            .orElse("");
    Optional<Role> own = roles.stream().filter(role -> !role.isLendable()).sorted().findFirst();
    if (!lender.isEmpty() && own.isPresent()) {
      return fault(before, row, Code.LENT, own.get().name());
    }
    return new Result(before.with(next, roles(row, roles, lender, term)), List.of());
  }

  private static Result end(Timeline before, OrderRow row, LocalDate last) {
    if (row.organ().isEmpty()) {
      return before.posts().stream().anyMatch(post -> post.validity().until().isAfter(last))
          ? new Result(before.until(last), List.of())
          : fault(before, row, Code.NO_POST, row.number());
    }
    List<PostRow> ends = ended(before, row, last);
    if (ends.isEmpty()) {
      return fault(before, row, Code.NO_POST, row.number());
    }
    List<PostRow> stay =
        before.posts().stream()
            .filter(post -> !ends.contains(post) && post.validity().until().isAfter(last))
            .toList();
    Predicate<RoleRow> whose =
        role ->
            role.division().isEmpty()
                ? role.organ().equals(row.organ()) && !goesWith(role, stay)
                : goesWith(role, ends);
    return new Result(before.until(last, ends::contains, whose), List.of());
  }

  /**
   * What an END names. A main post (本務) that begins after {@code last} is one of these only where
   * it goes on from one without a gap: another main post there, ordered for later, stays.
   */
  private static List<PostRow> ended(Timeline before, OrderRow row, LocalDate last) {
    List<PostRow> named = new ArrayList<>();
    for (PostRow post : before.posts()) { // by their first days
      Validity validity = post.validity();
      boolean goesOn =
          named.stream()
              .anyMatch(one ->
                  one.kind() == post.kind() && dayAfter(one.validity()).equals(validity.from()));
      if (names(row, post)
          && !validity.until().isBefore(last)
          && (!validity.from().isAfter(last) || post.kind() == Kind.CONCURRENT || goesOn)) {
        named.add(post);
      }
    }
    return named.stream().filter(post -> post.validity().until().isAfter(last)).toList();
  }

  private static boolean isThere(OrderRow row, PostRow post) {
    return post.organ().equals(row.organ()) && post.division().equals(row.division());
  }

  private static boolean names(OrderRow row, PostRow post) {
    return isThere(row, post) && (row.post().isEmpty() || post.title().equals(row.post()));
  }

  /**
   * Whether a role goes with one of these posts. Roles of the first version name no division: they
   * go with the main post (本務), the only one there was.
   */
  private static boolean goesWith(RoleRow role, List<PostRow> posts) {
    return posts.stream()
        .anyMatch(post ->
            role.organ().equals(post.organ())
                && (role.division().isEmpty()
                    ? post.kind() == Kind.MAIN
                    : role.division().equals(post.division()))
                && role.validity().overlaps(post.validity()));
  }
}
