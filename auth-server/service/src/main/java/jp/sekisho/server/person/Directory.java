package jp.sekisho.server.person;

import java.text.Normalizer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The directory as people read it, of any day. Thread-safe. */
public final class Directory {
  private final Timelines timelines;

  public Directory(RowSeal seal) {
    this.timelines = new Timelines(seal);
  }

  /**
   * A post or a role on the day asked for.
   *
   * @param division code of the division; empty for a role of an old file
   * @param what title of the post, or name of the role
   */
  public record Held(String organ, String division, String what, Validity validity) {}

  /**
   * A person with everything held on the day.
   *
   * @param name for screens, never for the log
   */
  public record Listed(
      String number,
      String name,
      List<Held> posts,
      List<Kind> kinds,
      List<Appointment> appointments,
      List<Held> roles) {
    public Listed {
      posts = List.copyOf(posts);
      kinds = List.copyOf(kinds);
      appointments = List.copyOf(appointments);
      roles = List.copyOf(roles);
    }
  }

  /**
   * Everybody who holds a post on a day, by staff number.
   *
   * @throws TamperedException when a row fails its MAC; let it pass
   */
  public List<Listed> on(Handle handle, LocalDate day) {
    List<Listed> listed = new ArrayList<>();
    for (String number : timelines.numbers(handle)) {
      Timeline person = timelines.read(handle, number);
      List<PostRow> posts = person.postsOn(day);
      if (!posts.isEmpty()) {
        listed.add(
            new Listed(
                number,
                person.name(),
                posts.stream()
                    .map(post ->
                        new Held(post.organ(), post.division(), post.title(), post.validity()))
                    .toList(),
                posts.stream().map(PostRow::kind).toList(),
                posts.stream().map(PostRow::appointment).toList(),
                person.roles().stream()
                    .filter(role -> role.validity().includes(day))
                    .map(role ->
                        new Held(
                            role.organ(), role.division(), role.role().name(), role.validity()))
                    .toList()));
      }
    }
    return listed;
  }

  /**
   * A post as the desk shows it.
   *
   * @param contract null but for a contractor's employee
   * @param current whether it is held on the day asked for
   */
  public record Post(
      String division,
      String divisionName,
      String title,
      Kind kind,
      Appointment appointment,
      Validity validity,
      @Nullable Contract contract,
      boolean current) {}

  /** A role as the desk shows it. */
  public record Office(String division, Role role, Validity validity, boolean current) {}

  /**
   * A person as one organ's administrators may see them: nothing of posts elsewhere.
   *
   * @param posts and roles, past ones and those to come too, the oldest first
   */
  public record Profile(String number, String name, List<Post> posts, List<Office> roles) {
    public Profile {
      posts = List.copyOf(posts);
      roles = List.copyOf(roles);
    }

    /** Whether any post is held on the day asked for. */
    public boolean isCurrent() {
      return posts.stream().anyMatch(Post::current);
    }
  }

  /**
   * A person in one organ; empty for somebody who never had and never will have a post there.
   *
   * @throws TamperedException when a row fails its MAC; let it pass
   */
  public Optional<Profile> profile(Handle handle, String number, String organ, LocalDate day) {
    Timeline person = timelines.read(handle, number);
    List<Post> posts =
        person.posts().stream()
            .filter(post -> post.organ().equals(organ))
            .map(post ->
                new Post(
                    post.division(),
                    division(handle, organ, post.division()),
                    post.title(),
                    post.kind(),
                    post.appointment(),
                    post.validity(),
                    post.contract(),
                    post.holds(day)))
            .toList();
    return posts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Profile(
                number,
                person.name(),
                posts,
                person.roles().stream()
                    .filter(role -> role.organ().equals(organ))
                    .map(role ->
                        new Office(
                            role.division(),
                            role.role(),
                            role.validity(),
                            role.validity().includes(day)))
                    .toList()));
  }

  /** Everybody who has, had or will have a post in an organ, as {@link #profile}. */
  public List<Profile> everybody(Handle handle, String organ, LocalDate day) {
    return handle
        .createQuery("select distinct person from post where organ = :organ order by person")
        .bind("organ", organ)
        .mapTo(String.class)
        .list()
        .stream()
        .flatMap(number -> profile(handle, number, organ, day).stream())
        .toList();
  }

  /**
   * Employees of contractors (委託事業者) who have, had or will have a post in an organ, by staff
   * number.
   *
   * @throws TamperedException when a row fails its MAC; let it pass
   */
  public List<String> contractors(Handle handle, String organ) {
    return handle
        .createQuery(
            "select distinct person from post where organ = :organ and appointment = :contractor"
                + " order by person")
        .bind("organ", organ)
        .bind("contractor", Appointment.CONTRACTOR.name())
        .mapTo(String.class)
        .list()
        .stream()
        .filter(person ->
            timelines.posts(handle, person).stream()
                .anyMatch(post ->
                    post.organ().equals(organ) && post.appointment() == Appointment.CONTRACTOR))
        .toList();
  }

  /** The name of a division; its code where it has none. */
  public String division(Handle handle, String organ, String code) {
    return handle
        .createQuery("select name from division where organ = :organ and code = :code")
        .bind("organ", organ)
        .bind("code", code)
        .mapTo(String.class)
        .findOne()
        .orElse(code);
  }

  /**
   * Staff numbers of an organ's people ({@link Persons#belongs}) whose number begins with, or whose
   * name holds, {@code text}; spaces and widths of characters do not count.
   */
  public List<String> find(Handle handle, String organ, String text, LocalDate today) {
    String wanted = plain(text);
    String lasting = "select 1 from post where post.person = person.number and valid_until >= :day";
    return handle
        .createQuery(
            "select number, name from person where exists ("
                + lasting
                + " and post.organ = :organ) or (not exists ("
                + lasting
                + ") and exists (select 1 from post where post.person = person.number"
                + " and post.organ = :organ)) order by number")
        .bind("organ", organ)
        .bind("day", today.toString())
        .map((row, _) -> new Found(row.getString("number"), row.getString("name")))
        .list()
        .stream()
        .filter(one -> plain(one.number()).startsWith(wanted) || plain(one.name()).contains(wanted))
        .map(Found::number)
        .toList();
  }

  private record Found(String number, String name) {}

  private static String plain(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC)
        .replaceAll("\\s", "")
        .toLowerCase(Locale.ROOT);
  }
}
