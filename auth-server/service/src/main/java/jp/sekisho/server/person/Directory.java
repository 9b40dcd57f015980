package jp.sekisho.server.person;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;

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
}
