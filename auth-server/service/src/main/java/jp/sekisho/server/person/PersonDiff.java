package jp.sekisho.server.person;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a file changes of one person, step by step, to be said in words.
 *
 * @param added whether the person is new
 */
public record PersonDiff(String number, boolean added, List<Step> steps) {
  public PersonDiff {
    steps = List.copyOf(steps);
  }

  /** What happens; each has a text {@code person.step.<code>}. */
  public enum Code {
    /** Name before, name after. */
    NAME,
    /** A post begins: organ, division, title, kind, appointment, first day, last day. */
    POST_BEGINS,
    /** A post ends earlier than it was to: the same, with the new last day. */
    POST_ENDS,
    /** A post ends later than it was to. */
    POST_EXTENDED,
    /** A post that is not to be after all: the same. */
    POST_DROPPED,
    /** The contract: organ, division, its last day, yes or no for a sub-contract. */
    CONTRACT,
    /** A role begins: organ, role, first day, last day, lender. */
    ROLE_BEGINS,
    ROLE_ENDS,
    ROLE_EXTENDED,
    ROLE_DROPPED
  }

  /**
   * One step.
   *
   * @param values in the order its code says; the last day is empty where there is none
   */
  public record Step(Code code, List<String> values) {
    public Step {
      values = List.copyOf(values);
    }
  }

  static PersonDiff of(Timeline before, Timeline after) {
    List<Step> steps = new ArrayList<>();
    if (!before.name().equals(after.name())) {
      steps.add(new Step(Code.NAME, List.of(before.name(), after.name())));
    }
    for (PostRow old : before.posts()) {
      Optional<PostRow> now =
          after.posts().stream().filter(post -> continues(old, post)).findFirst();
      if (now.isEmpty()) {
        steps.add(post(Code.POST_DROPPED, old));
      } else if (!now.get().validity().equals(old.validity())) {
        boolean shorter = now.get().validity().until().isBefore(old.validity().until());
        steps.add(post(shorter ? Code.POST_ENDS : Code.POST_EXTENDED, now.get()));
      }
    }
    for (PostRow post : after.posts()) {
      if (before.posts().stream().noneMatch(old -> continues(old, post))) {
        steps.add(post(Code.POST_BEGINS, post));
        Contract under = post.contract();
        if (under != null) {
          steps.add(
              new Step(
                  Code.CONTRACT,
                  List.of(
                      post.organ(),
                      post.division(),
                      under.until().toString(),
                      under.subcontract() ? "yes" : "no")));
        }
      }
    }
    for (RoleRow old : before.roles()) {
      Optional<RoleRow> now =
          after.roles().stream().filter(role -> continues(old, role)).findFirst();
      if (now.isEmpty()) {
        steps.add(role(Code.ROLE_DROPPED, old));
      } else if (!now.get().validity().equals(old.validity())) {
        boolean shorter = now.get().validity().until().isBefore(old.validity().until());
        steps.add(role(shorter ? Code.ROLE_ENDS : Code.ROLE_EXTENDED, now.get()));
      }
    }
    for (RoleRow role : after.roles()) {
      if (before.roles().stream().noneMatch(old -> continues(old, role))) {
        steps.add(role(Code.ROLE_BEGINS, role));
      }
    }
    return new PersonDiff(after.number(), !before.isKnown(), steps);
  }

  private static boolean continues(PostRow old, PostRow post) {
    return old.undated().equals(post.undated())
        && old.validity().from().equals(post.validity().from());
  }

  private static boolean continues(RoleRow old, RoleRow role) {
    return old.undated().equals(role.undated())
        && old.validity().from().equals(role.validity().from());
  }

  private static Step post(Code code, PostRow post) {
    return new Step(
        code,
        List.of(
            post.organ(),
            post.division(),
            post.title(),
            post.kind().name(),
            post.appointment().name(),
            post.validity().from().toString(),
            last(post.validity())));
  }

  private static Step role(Code code, RoleRow role) {
    return new Step(
        code,
        List.of(
            role.organ(),
            role.role().name(),
            role.validity().from().toString(),
            last(role.validity()),
            role.lender()));
  }

  private static String last(Validity validity) {
    return validity.until().equals(Validity.OPEN_END) ? "" : validity.until().toString();
  }
}
