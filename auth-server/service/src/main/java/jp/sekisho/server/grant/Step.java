package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.Locale;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What people do with an exception, and what stands in the way of each step. */
enum Step {
  /** By a card's signature, of a request or of the extension that waits. */
  APPROVE {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      Refusal undecided = REJECT.obstacle(dossier, rights, now);
      Request.First first = dossier.waiting() == null ? dossier.request().first() : null;
      if (undecided == null
          && first != null
          && (first.involves(rights.person())
              || first.involves(rights.represented(dossier.request())))) {
        return Refusal.APPROVAL_TWICE;
      }
      Instant last = dossier.waiting() == null ? dossier.request().last() : dossier.asked().end();
      boolean over = !now.isBefore(last);
      return undecided == null && over ? Refusal.GRANT_OVER : undecided;
    }
  },
  /** 差戻し, with what is to be mended. */
  REMAND {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      return dossier.waiting() == null
          ? REJECT.obstacle(dossier, rights, now)
          : Refusal.GRANT_DECIDED;
    }
  },
  /** 却下, of a request or of the extension that waits. */
  REJECT {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      Refusal nobody = rights.obstacle(dossier.request());
      if (nobody != null) {
        return nobody;
      }
      if (dossier.waiting() != null) {
        return dossier.isRunning(now) ? null : Refusal.GRANT_OVER;
      }
      return switch (dossier.request().state()) {
        case REQUESTED -> null;
        case EXPIRED -> Refusal.GRANT_OVER;
        case REMANDED, APPROVED, REJECTED, WITHDRAWN -> Refusal.GRANT_DECIDED;
      };
    }
  },
  /** Mends what was sent back, by who asked. */
  CORRECT {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      Request request = dossier.request();
      if (!rights.person().equals(request.requester())) {
        return Refusal.ROLE_MISSING;
      }
      if (request.state() != RequestState.REMANDED) {
        return request.state() == RequestState.EXPIRED ? Refusal.GRANT_OVER : Refusal.GRANT_DECIDED;
      }
      return request.isLate(now) ? Refusal.GRANT_OVER : null;
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
          grant == null ? dossier.request().isOpen() : grant.state() == GrantState.APPROVED;
      return possible ? null : Refusal.GRANT_DECIDED;
    }
  },
  /**
   * 延長 of a use that goes on, asked for by who asked for it or uses it. Not of an occurrence: the
   * text that was signed is the series', and says how long each one is. Nor of what two persons
   * approved, or where something leaves or somebody stands by.
   */
  EXTEND {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      if (!dossier.request().concerns(rights.person())) {
        return Refusal.ROLE_MISSING;
      }
      Grant grant = dossier.grant();
      if (dossier.request().isOccurrence()) {
        return Refusal.GRANT_DECIDED;
      }
      if (dossier.isEachTime()) {
        return Refusal.GRANT_BY_TWO;
      }
      if (grant == null || grant.state() != GrantState.ACTIVE || dossier.waiting() != null) {
        boolean over = grant != null && grant.state() == GrantState.USED;
        return over ? Refusal.GRANT_OVER : Refusal.GRANT_DECIDED;
      }
      return dossier.isRunning(now) ? null : Refusal.GRANT_OVER;
    }
  },
  /** 取消し, after its approval, the first of two included. */
  REVOKE {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      if (!rights.approver() && !rights.admin()) {
        return Refusal.ROLE_MISSING;
      }
      Grant grant = dossier.grant();
      boolean possible =
          grant == null
              ? dossier.request().isApprovedOnce()
              : grant.state().leadsTo(GrantState.REVOKED);
      return possible ? null : Refusal.GRANT_DECIDED;
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
      return grant != null && dossier.isOut() && grant.state().leadsTo(GrantState.CLOSED)
          ? null
          : Refusal.GRANT_DECIDED;
    }
  },
  /** 月次確認 of a series, by a card's signature of an approver who could have approved it. */
  CONFIRM {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      Refusal nobody = rights.obstacle(dossier.request());
      if (nobody != null) {
        return nobody;
      }
      return dossier.due(now) == null ? Refusal.GRANT_DECIDED : null;
    }
  },
  /** 引渡し to whom the medium was for, instead of its return. */
  HAND_OVER {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      return RETURN.obstacle(dossier, rights, now);
    }
  },
  /** 消去確認 of a medium that came back, by whoever may confirm its return. */
  ERASE {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      if (!rights.approver() && !rights.admin() && !dossier.request().concerns(rights.person())) {
        return Refusal.ROLE_MISSING;
      }
      Grant grant = dossier.grant();
      return grant != null && grant.isUnerased() ? null : Refusal.GRANT_DECIDED;
    }
  },
  /** 事後報告 of an occurrence whose use is over, by whoever may confirm its return. */
  REPORT {
    @Override
    @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now) {
      if (!rights.approver() && !rights.admin() && !dossier.request().concerns(rights.person())) {
        return Refusal.ROLE_MISSING;
      }
      return dossier.isUnreported() ? null : Refusal.GRANT_DECIDED;
    }
  };

  /** Why the person may not do it now; null when nothing is in the way. */
  abstract @Nullable Refusal obstacle(Dossier dossier, Rights rights, Instant now);

  /** The word on the wire and in the log. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
