package jp.sekisho.server.person;

import java.time.Instant;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;

/** Who works here, for other features. Thread-safe. */
public final class Persons {
  private final RowSeal seal;

  public Persons(RowSeal seal) {
    this.seal = seal;
  }

  /**
   * Whether a person may act at {@code at}.
   *
   * @param person staff number
   * @throws TamperedException when the post's row fails its MAC; let it pass, the refusal and the
   *     entry {@code STATE_TAMPERED} follow from it
   */
  public Standing current(Handle handle, String person, Instant at) {
    return post(handle, person)
        .filter(post -> post.validity().includes(at))
        .<Standing>map(post ->
            new Standing.Current(post.person(), post.organ(), post.division(), post.title()))
        .orElseGet(() -> new Standing.NotCurrent(Refusal.PERSON_NOT_CURRENT));
  }

  /** The name of a person, for screens and paper; never for the log. */
  public Optional<String> name(Handle handle, String person) {
    return handle
        .createQuery("select name from person where number = :number")
        .bind("number", person)
        .mapTo(String.class)
        .findOne();
  }

  /** The name of an organ. */
  public Optional<String> organName(Handle handle, String organ) {
    return handle
        .createQuery("select name from organ where id = :id")
        .bind("id", organ)
        .mapTo(String.class)
        .findOne();
  }

  Optional<PostRow> post(Handle handle, String person) {
    return handle
        .createQuery(PostRow.SELECT + " where person = :person")
        .bind("person", person)
        .map((row, _) -> PostRow.read(row, seal))
        .findOne();
  }
}
