package jp.sekisho.server.person;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;

/**
 * A person's timeline as canonical JSON, a format on disk: {@code {"name","posts","roles"}}, each
 * post with {@code organ division title from until kind appointment} and for contractors {@code
 * contractUntil subcontract}, each role with {@code organ role from until division lender}.
 */
final class TimelineJson {
  private static final int MAX_BYTES = 256 * 1024;

  private TimelineJson() {}

  static String write(Timeline timeline) {
    List<Map<String, Object>> posts = new ArrayList<>();
    for (PostRow post : timeline.posts()) {
      Map<String, Object> map = dated(post.organ(), post.division(), post.validity());
      map.put("title", post.title());
      map.put("kind", post.kind().name());
      map.put("appointment", post.appointment().name());
      Contract under = post.contract();
      if (under != null) {
        map.put("contractUntil", under.until().toString());
        map.put("subcontract", under.subcontract());
      }
      posts.add(map);
    }
    List<Map<String, Object>> roles = new ArrayList<>();
    for (RoleRow role : timeline.roles()) {
      Map<String, Object> map = dated(role.organ(), role.division(), role.validity());
      map.put("role", role.role().name());
      map.put("lender", role.lender());
      roles.add(map);
    }
    return new String(
        CanonicalJson.write(
            Map.of("name", timeline.name(), "posts", posts, "roles", roles), MAX_BYTES),
        StandardCharsets.UTF_8);
  }

  private static Map<String, Object> dated(String organ, String division, Validity validity) {
    Map<String, Object> map = new TreeMap<>();
    map.put("organ", organ);
    map.put("division", division);
    map.put("from", validity.from().toString());
    map.put("until", validity.until().toString());
    return map;
  }

  /**
   * @param text as written, its seal checked
   * @throws IllegalStateException when it is of another version
   */
  static Timeline read(String number, String text) {
    try {
      Map<String, Object> map =
          CanonicalJson.read(text.getBytes(StandardCharsets.UTF_8), MAX_BYTES);
      List<PostRow> posts = new ArrayList<>();
      for (Map<?, ?> post : maps(map, "posts")) {
        Object end = post.get("contractUntil");
        posts.add(
            new PostRow(
                number,
                word(post, "organ"),
                word(post, "division"),
                word(post, "title"),
                validity(post),
                Kind.valueOf(word(post, "kind")),
                Appointment.valueOf(word(post, "appointment")),
                end == null
                    ? null
                    : new Contract(
                        LocalDate.parse(end.toString()),
                        Boolean.TRUE.equals(post.get("subcontract")))));
      }
      List<RoleRow> roles = new ArrayList<>();
      for (Map<?, ?> role : maps(map, "roles")) {
        roles.add(
            new RoleRow(
                number,
                word(role, "organ"),
                Role.valueOf(word(role, "role")),
                validity(role),
                word(role, "division"),
                word(role, "lender")));
      }
      return new Timeline(number, word(map, "name"), posts, roles);
    } catch (MalformedException | RuntimeException e) {
      throw new IllegalStateException("a stored timeline is of another version", e);
    }
  }

  private static Validity validity(Map<?, ?> map) {
    return new Validity(LocalDate.parse(word(map, "from")), LocalDate.parse(word(map, "until")));
  }

  private static List<Map<?, ?>> maps(Map<?, ?> map, String name) {
    List<Map<?, ?>> maps = new ArrayList<>();
    if (map.get(name) instanceof List<?> list) {
      for (Object one : list) {
        if (one instanceof Map<?, ?> inner) {
          maps.add(inner);
        }
      }
    }
    return maps;
  }

  private static String word(Map<?, ?> map, String name) {
    if (map.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name);
  }
}
