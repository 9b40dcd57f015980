package jp.sekisho.server.measure;

import java.time.LocalDate;
import java.util.Locale;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What people do with an exceptional measure, and what stands in the way of each step. */
enum MeasureStep {
  /** By the CISO's card. */
  APPROVE {
    @Override
    @Nullable Refusal obstacle(Measure measure, MeasureRights rights, LocalDate today) {
      Refusal undecided = REJECT.obstacle(measure, rights, today);
      boolean over = today.isAfter(measure.text().until());
      return undecided == null && over ? Refusal.MEASURE_OVER : undecided;
    }
  },
  /** 不許可. */
  REJECT {
    @Override
    @Nullable Refusal obstacle(Measure measure, MeasureRights rights, LocalDate today) {
      if (!rights.ciso()) {
        return Refusal.ROLE_MISSING;
      }
      if (measure.text().askedBy().equals(rights.person())) {
        return Refusal.APPROVAL_OWN;
      }
      return decided(measure);
    }
  },
  /** 取下げ, by who asked. */
  WITHDRAW {
    @Override
    @Nullable Refusal obstacle(Measure measure, MeasureRights rights, LocalDate today) {
      return measure.text().askedBy().equals(rights.person())
          ? decided(measure)
          : Refusal.ROLE_MISSING;
    }
  },
  /** 見直し, once, by somebody else than who asked; it goes on until its last day, renewed or not. */
  REVIEW {
    @Override
    @Nullable Refusal obstacle(Measure measure, MeasureRights rights, LocalDate today) {
      if (!rights.manager() && !rights.ciso()) {
        return Refusal.ROLE_MISSING;
      }
      if (measure.text().askedBy().equals(rights.person())) {
        return Refusal.APPROVAL_OWN;
      }
      if (!measure.isPermitted() || measure.review() != null) {
        return Refusal.MEASURE_DECIDED;
      }
      return today.isAfter(measure.text().until()) ? Refusal.MEASURE_OVER : null;
    }
  },
  /** 終了: it is as the standard wants it again. Also long after its last day. */
  END {
    @Override
    @Nullable Refusal obstacle(Measure measure, MeasureRights rights, LocalDate today) {
      if (!rights.manager() && !rights.ciso()) {
        return Refusal.ROLE_MISSING;
      }
      return measure.isPermitted() ? null : Refusal.MEASURE_DECIDED;
    }
  },
  /** 更新: asks for a measure that carries it on. */
  RENEW {
    @Override
    @Nullable Refusal obstacle(Measure measure, MeasureRights rights, LocalDate today) {
      if (!rights.manager()) {
        return Refusal.ROLE_MISSING;
      }
      return measure.state() == MeasureState.PERMITTED ? null : Refusal.MEASURE_DECIDED;
    }
  };

  private static @Nullable Refusal decided(Measure measure) {
    return switch (measure.state()) {
      case REQUESTED -> null;
      case EXPIRED -> Refusal.MEASURE_OVER;
      case PERMITTED, RENEWED, ENDED, REJECTED, WITHDRAWN -> Refusal.MEASURE_DECIDED;
    };
  }

  /** Why the person may not do it today; null when nothing is in the way. */
  abstract @Nullable Refusal obstacle(Measure measure, MeasureRights rights, LocalDate today);

  /** The word on the wire and in the log. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
