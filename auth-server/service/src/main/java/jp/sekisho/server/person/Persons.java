package jp.sekisho.server.person;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Who works here, for other features. Dates decide at the moment of the question: what was ordered
 * for a day holds from 00:00 of that day in Japan, with nothing to be run. Thread-safe.
 */
public final class Persons {
  private static final Comparator<PostRow> MAIN_THEN_OLDEST =
      Comparator.comparing(PostRow::kind)
          .thenComparing(post -> post.validity().from())
          .thenComparing(PostRow::organ)
          .thenComparing(PostRow::division)
          .thenComparing(PostRow::title);

  private final Timelines timelines;
  private final TerminalDivisions divisions;

  public Persons(RowSeal seal) {
    this.timelines = new Timelines(seal);
    this.divisions = new TerminalDivisions(seal);
  }

  /**
   * Whether a person may act at {@code at}: the main post (本務), or without one the oldest
   * concurrent post (併任). Nobody is current after the end of the post or of the contract.
   *
   * @param person staff number
   * @throws TamperedException when a post's row fails its MAC; let it pass, the refusal and the
   *     entry {@code STATE_TAMPERED} follow from it
   */
  public Standing current(Handle handle, String person, Instant at) {
    return standing(handle, person, at, _ -> true);
  }

  /** As {@link #current}, by the posts in one organ only. */
  public Standing currentIn(Handle handle, String person, String organ, Instant at) {
    return standing(handle, person, at, post -> post.organ().equals(organ));
  }

  /**
   * The post in which a person acts at a terminal. Of the current posts in the terminal's organ:
   * one in the division where the terminal stands, else the main post, else the oldest. Somebody
   * without a post in that organ acts in the post of {@link #current}; whether they may is not said
   * here.
   *
   * @param organ the terminal's
   * @throws TamperedException as {@link #current}; also for the terminal's division
   */
  public Standing acting(Handle handle, String person, String terminal, String organ, Instant at) {
    return place(handle, person, terminal, organ, at).standing();
  }

  /**
   * A person at a terminal.
   *
   * @param standing as {@link #acting}
   * @param choices as {@link #choices}
   */
  public record Place(Standing standing, List<Choice> choices) {
    public Place {
      choices = List.copyOf(choices);
    }
  }

  /**
   * What {@link #acting} and {@link #choices} say, from one look at the rows.
   *
   * @throws TamperedException as {@link #acting}
   */
  public Place place(Handle handle, String person, String terminal, String organ, Instant at) {
    LocalDate day = Validity.day(at);
    List<PostRow> all = timelines.posts(handle, person);
    List<PostRow> here =
        all.stream()
            .filter(post -> post.holds(day) && post.organ().equals(organ))
            .sorted(MAIN_THEN_OLDEST)
            .toList();
    if (here.isEmpty()) {
      return new Place(standing(all, day, _ -> true), List.of());
    }
    Optional<String> division = divisions.find(handle, terminal, organ);
    List<PostRow> fixed =
        here.stream().filter(post -> division.filter(post.division()::equals).isPresent()).toList();
    List<PostRow> open = fixed.isEmpty() ? here : fixed;
    return new Place(
        standing(open.getFirst()),
        open.stream().map(post -> new Choice(post.division(), post.title(), post.kind())).toList());
  }

  /** What {@link #place} asks of a person at a terminal, and {@link Roles} of the person. */
  public static List<Look> looks(String person, String terminal) {
    return List.of(
        Timelines.lookForPosts(person),
        Timelines.lookForRoles(person),
        TerminalDivisions.look(terminal));
  }

  /**
   * The posts among which a person chooses at a terminal, as {@link #acting} would order them: one
   * where the terminal's division or a single post leaves no choice, none without a post there.
   *
   * @throws TamperedException as {@link #acting}
   */
  public List<Choice> choices(
      Handle handle, String person, String terminal, String organ, Instant at) {
    return place(handle, person, terminal, organ, at).choices();
  }

  /**
   * A post that a person may act in.
   *
   * @param division its code, which the log names
   */
  public record Choice(String division, String title, Kind kind) {}

  /** Whether anybody has that staff number. */
  public boolean isKnown(Handle handle, String person) {
    return timelines.name(handle, person).isPresent();
  }

  /**
   * The organ of the post of {@link #current}, or else of the next one to come: a card is made and
   * registered before its holder's first day, and opens nothing until then.
   */
  public Optional<String> organ(Handle handle, String person, Instant at) {
    if (current(handle, person, at) instanceof Standing.Current current) {
      return Optional.of(current.organ());
    }
    LocalDate day = Validity.day(at);
    return timelines.posts(handle, person).stream()
        .filter(post -> post.validity().from().isAfter(day))
        .min(Comparator.comparing((PostRow post) -> post.validity().from()))
        .map(PostRow::organ);
  }

  /**
   * Whether a person is one of that organ's: by a post that has not ended yet, or, of somebody who
   * has none anywhere any more, by any post. Whoever moved on belongs to where they went.
   */
  public boolean belongs(Handle handle, String person, String organ, Instant at) {
    LocalDate day = Validity.day(at);
    List<PostRow> all = timelines.posts(handle, person);
    List<PostRow> lasting =
        all.stream().filter(post -> !post.validity().until().isBefore(day)).toList();
    return (lasting.isEmpty() ? all : lasting)
        .stream().anyMatch(post -> post.organ().equals(organ));
  }

  /**
   * Whether a person still holds a post in that division, as one who acts there must.
   *
   * @param division its code; null for any of the organ
   */
  public boolean holds(
      Handle handle, String person, String organ, @Nullable String division, Instant at) {
    LocalDate day = Validity.day(at);
    return timelines.posts(handle, person).stream()
        .anyMatch(post ->
            post.holds(day)
                && post.organ().equals(organ)
                && (division == null || post.division().equals(division)));
  }

  /** Codes of the divisions of an organ in which a person has a post now. */
  public List<String> divisions(Handle handle, String person, String organ, Instant at) {
    LocalDate day = Validity.day(at);
    return timelines.posts(handle, person).stream()
        .filter(post -> post.holds(day) && post.organ().equals(organ))
        .map(PostRow::division)
        .distinct()
        .toList();
  }

  private Standing standing(Handle handle, String person, Instant at, Predicate<PostRow> which) {
    return standing(timelines.posts(handle, person), Validity.day(at), which);
  }

  private static Standing standing(List<PostRow> posts, LocalDate day, Predicate<PostRow> which) {
    return posts.stream()
        .filter(post -> post.holds(day) && which.test(post))
        .min(MAIN_THEN_OLDEST)
        .map(Persons::standing)
        .orElseGet(() -> new Standing.NotCurrent(Refusal.PERSON_NOT_CURRENT));
  }

  private static Standing standing(PostRow post) {
    return new Standing.Current(post.person(), post.organ(), post.division(), post.title());
  }

  /** The name of a person, for screens and paper; never for the log. */
  public Optional<String> name(Handle handle, String person) {
    return timelines.name(handle, person);
  }

  /** The name of an organ. */
  public Optional<String> organName(Handle handle, String organ) {
    return handle
        .createQuery("select name from organ where id = :id")
        .bind("id", organ)
        .mapTo(String.class)
        .findOne();
  }
}
