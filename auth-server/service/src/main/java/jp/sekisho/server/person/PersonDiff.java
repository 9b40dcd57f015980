package jp.sekisho.server.person;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a row changes of what is known of a person.
 *
 * @param added whether the person is new
 * @param fields each field that differs
 */
public record PersonDiff(String number, boolean added, List<Field> fields) {
  public PersonDiff {
    fields = List.copyOf(fields);
  }

  /**
   * A field that differs.
   *
   * @param column as in the header
   * @param before empty where there was nothing
   */
  public record Field(String column, String before, String after) {}

  /** Whether there is anything to store. */
  boolean changes() {
    return added || !fields.isEmpty();
  }

  static PersonDiff of(
      PersonRow row,
      Optional<String> name,
      Optional<PostRow> post,
      List<RoleRow> roles,
      String divisionName) {
    List<Field> fields = new ArrayList<>();
    add(fields, "name", name.orElse(""), row.name());
    add(fields, "organ", post.map(PostRow::organ).orElse(""), row.organ());
    add(fields, "division", post.map(PostRow::division).orElse(""), row.division());
    add(fields, "division_name", divisionName, row.divisionName());
    add(fields, "post", post.map(PostRow::title).orElse(""), row.post());
    add(
        fields,
        "from",
        post.map(p -> p.validity().from().toString()).orElse(""),
        row.validity().from().toString());
    add(
        fields,
        "until",
        post.map(p -> p.validity().until().toString()).orElse(""),
        row.validity().until().toString());
    add(
        fields,
        "roles",
        roles.stream()
            .map(held -> text(held.organ(), held.role(), held.validity()))
            .collect(Collectors.joining(" ")),
        new TreeSet<>(row.roles().stream().map(Role::name).toList())
            .stream()
                .map(role -> text(row.organ(), Role.valueOf(role), row.validity()))
                .collect(Collectors.joining(" ")));
    return new PersonDiff(row.number(), name.isEmpty(), fields);
  }

  private static String text(String organ, Role role, Validity validity) {
    return organ + ":" + role + "(" + validity.from() + "–" + validity.until() + ")";
  }

  private static void add(List<Field> fields, String column, String before, String after) {
    if (!before.equals(after)) {
      fields.add(new Field(column, before, after));
    }
  }
}
