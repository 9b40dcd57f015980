package jp.sekisho.server.person;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.PersonEvent;
import jp.sekisho.server.person.PersonnelOrders.Changed;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;

/** What the log says of each person whom an order, or undoing it, changes; never a name. */
final class OrderEntries {
  private OrderEntries() {}

  /** An entry in the log of each organ that the person comes from, stays in or goes to. */
  static EntryReceipt record(
      Change change, String order, String how, LocalDate effective, Changed changed) {
    Timeline after = changed.after();
    EntryReceipt first = null;
    Set<String> organs = new TreeSet<>(changed.before().organs());
    organs.addAll(after.organs());
    for (String organ : organs) {
      if (!differs(changed, organ) && organs.size() > 1) {
        continue;
      }
      EntryReceipt entry =
          change.record(
              Entry.Subject.person(organ, after.number()),
              new PersonEvent.Imported(
                  order,
                  how,
                  effective.toString(),
                  posts(after, organ, effective),
                  roles(after, organ, effective)));
      first = first == null ? entry : first;
    }
    return first != null
        ? first
        : change.record( // a name, of somebody in several organs
            Entry.Subject.person(organs.iterator().next(), after.number()),
            new PersonEvent.Imported(order, how, effective.toString(), List.of(), List.of()));
  }

  /** Whether a post or role of this organ changes. */
  static boolean differs(Changed changed, String organ) {
    return !of(changed.before(), organ).equals(of(changed.after(), organ));
  }

  private static List<Object> of(Timeline timeline, String organ) {
    List<Object> all = new ArrayList<>();
    timeline.posts().stream().filter(post -> post.organ().equals(organ)).forEach(all::add);
    timeline.roles().stream().filter(role -> role.organ().equals(organ)).forEach(all::add);
    return all;
  }

  private static List<String> posts(Timeline after, String organ, LocalDate from) {
    return after.posts().stream()
        .filter(post -> post.organ().equals(organ) && !post.validity().until().isBefore(from))
        .map(post -> {
          Contract under = post.contract();
          return post.division()
              + " "
              + post.kind()
              + " "
              + post.appointment()
              + days(post.validity())
              + (under == null ? "" : " " + under.until() + (under.subcontract() ? "+" : ""));
        })
        .toList();
  }

  private static List<String> roles(Timeline after, String organ, LocalDate from) {
    return after.roles().stream()
        .filter(role -> role.organ().equals(organ) && !role.validity().until().isBefore(from))
        .map(role -> role.role() + days(role.validity()) + (role.lender().isEmpty() ? "" : " lent"))
        .toList();
  }

  private static String days(Validity validity) {
    return " " + validity.from() + "/" + validity.until();
  }
}
