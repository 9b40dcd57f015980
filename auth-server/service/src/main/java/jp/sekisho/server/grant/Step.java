package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.Locale;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What people do with an exception, and what stands in the way of each step. */
enum Step {
  /** By a card's signature. */
  APPROVE {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      Refusal undecided = REJECT.obstacle(dossier, rights, now);
      boolean over = !now.isBefore(dossier.text().end());
      return undecided == null && over ? Refusal.GRANT_OVER : undecided;
    }
  },
  /** 却下. */
  REJECT {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      if (dossier.request().concerns(rights.person())) {
        return Refusal.APPROVAL_OWN;
      }
      if (!rights.approver()) {
        return Refusal.ROLE_MISSING;
      }
      return switch (dossier.request().state()) {
        case REQUESTED -> null;
        case EXPIRED -> Refusal.GRANT_OVER;
        case APPROVED, REJECTED, WITHDRAWN -> Refusal.GRANT_DECIDED;
      };
    }
  },
  /** 取下げ, by who asked, before its use. */
  WITHDRAW {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      if (!rights.person().equals(dossier.request().requester())) {
        return Refusal.ROLE_MISSING;
      }
      Grant grant = dossier.grant();
      boolean possible =
          grant == null
              ? dossier.request().state() == RequestState.REQUESTED
              : grant.state() == GrantState.APPROVED;
      return possible ? null : Refusal.GRANT_DECIDED;
    }
  },
  /** 取消し, after its approval. */
  REVOKE {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      if (!rights.approver() && !rights.admin()) {
        return Refusal.ROLE_MISSING;
      }
      Grant grant = dossier.grant();
      return grant != null && grant.state().leadsTo(GrantState.REVOKED)
          ? null
          : Refusal.GRANT_DECIDED;
    }
  },
  /** 返却確認. */
  RETURN {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      if (!rights.approver() && !rights.admin() && !dossier.request().concerns(rights.person())) {
        return Refusal.ROLE_MISSING;
      }
      Grant grant = dossier.grant();
      return grant != null && grant.isOut() && grant.state().leadsTo(GrantState.CLOSED)
          ? null
          : Refusal.GRANT_DECIDED;
    }
  };

  /** Why the person may not do it now; null when nothing is in the way. */
  abstract @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now);

  /** The word on the wire and in the log. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
