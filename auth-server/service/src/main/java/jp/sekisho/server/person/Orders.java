package jp.sekisho.server.person;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import jp.sekisho.server.person.RowFault.Code;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a file make of one person: pure, no clock. The rows take effect in the order of
 * their days, on the same day ASSIGN before CONCURRENT before RENEW before END, whatever their
 * order in the file.
 */
final class Orders {
  /** Posts and roles of one person, past ones included. */
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
    List<OrderRow> inOrder = new ArrayList<>(rows);
    inOrder.sort(Comparator.comparing(Orders::day).thenComparing(OrderRow::kind));
    List<RowFault> faults = new ArrayList<>();
    Timeline now = before;
    for (OrderRow row : inOrder) {
      Result one = apply(now, row);
      now = one.after();
      faults.addAll(one.faults());
    }
    long line = inOrder.getFirst().line();
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

  private static LocalDate day(OrderRow row) {
    LocalDate from = row.from();
    return from != null ? from : Objects.requireNonNullElse(row.until(), LocalDate.MIN);
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
    // Said again: in place of what was said of it before.
    Predicate<PostRow> same =
        post ->
            post.kind() == Kind.CONCURRENT
                && isThere(row, post)
                && !post.validity().from().isBefore(from);
    Predicate<RoleRow> its = role -> goesWith(row, role) && !role.validity().from().isBefore(from);
    return begin(before.until(from.minusDays(1), same, its), row, Kind.CONCURRENT, from);
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
    boolean taken =
        rest.posts().stream()
            .anyMatch(other -> isThere(row, other) && other.validity().overlaps(validity));
    if (taken) {
      return fault(rest, row, Code.SAME_DIVISION, row.number(), row.division());
    }
    return new Result(rest.with(post, roles(row, row.roles(), validity)), List.of());
  }

  private static List<RoleRow> roles(OrderRow row, Set<Role> roles, Validity validity) {
    return roles.stream()
        .map(role ->
            new RoleRow(row.number(), row.organ(), role, validity, row.division(), row.lender()))
        .toList();
  }

  /** A new post from the day after the old one's last, so that no day is without one. */
  private static Result renew(Timeline before, OrderRow row, LocalDate until) {
    PostRow old =
        before.posts().stream()
            .filter(post -> names(row, post))
            .max(Comparator.comparing(post -> post.validity().until()))
            .orElse(null);
    if (old == null) {
      return fault(before, row, Code.NO_POST, row.number());
    }
    LocalDate last = old.validity().until();
    LocalDate from = row.from();
    if (!until.isAfter(last) || (from != null && !from.equals(last.plusDays(1)))) {
      return fault(before, row, Code.PERIOD, (from == null ? "" : from + " – ") + until);
    }
    Validity term = new Validity(last.plusDays(1), until);
    LocalDate fiscal = PersonCsv.fiscalYearEnd(term.from());
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
    List<RoleRow> roles =
        row.roles().isEmpty()
            ? before.roles().stream()
                .filter(role -> goesWith(row, role) && role.validity().until().equals(last))
                .map(role -> role.during(term))
                .toList()
            : roles(row, row.roles(), term);
    return new Result(before.with(next, roles), List.of());
  }

  private static Result end(Timeline before, OrderRow row, LocalDate last) {
    if (row.organ().isEmpty()) {
      return before.posts().stream().anyMatch(post -> post.validity().until().isAfter(last))
          ? new Result(before.until(last), List.of())
          : fault(before, row, Code.NO_POST, row.number());
    }
    Predicate<PostRow> ends = post -> names(row, post) && post.validity().until().isAfter(last);
    if (before.posts().stream().noneMatch(ends)) {
      return fault(before, row, Code.NO_POST, row.number());
    }
    return new Result(before.until(last, ends, role -> goesWith(row, role)), List.of());
  }

  private static boolean isThere(OrderRow row, PostRow post) {
    return post.organ().equals(row.organ()) && post.division().equals(row.division());
  }

  private static boolean names(OrderRow row, PostRow post) {
    return isThere(row, post) && (row.post().isEmpty() || post.title().equals(row.post()));
  }

  /** Roles of the first version go with every post of their organ. */
  private static boolean goesWith(OrderRow row, RoleRow role) {
    return role.organ().equals(row.organ())
        && (role.division().equals(row.division()) || role.division().isEmpty());
  }
}
