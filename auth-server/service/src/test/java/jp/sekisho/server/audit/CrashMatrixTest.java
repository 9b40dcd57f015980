package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import jp.sekisho.server.storage.Faults;
import jp.sekisho.server.storage.MemoryDirectory;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every storage call of a unit and of the sequencer fails once, on SQLite. */
class CrashMatrixTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private static final String[] UNIT_AND_PASS = {
    "execute BEGIN IMMEDIATE",
    "insert into organ",
    "insert into audit_pending",
    "execute COMMIT",
    "insert into audit_entry",
    "delete from audit_pending",
    "update audit_log_state set size",
    "write log-mayor.last.new",
    "sync log-mayor.last.new",
    "move log-mayor.last.new",
    "sync keys",
    "update audit_log_state set checkpoint"
  };

  private CrashMatrix matrix() {
    return new CrashMatrix(faults -> OpenStorage.failing(directory, faults));
  }

  /** What must have failed, or the matrix looks at something else. */
  static void requireAll(List<String> failed, String... calls) {
    for (String call : calls) {
      assertTrue(failed.stream().anyMatch(f -> f.contains(call)), call + " is not in " + failed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void serviceThatGoesOnAfterAFailedCallLosesAndRepeatsNothing(Faults.How how) throws Exception {
    try (CrashMatrix matrix = matrix()) {
      requireAll(matrix.failures(how), UNIT_AND_PASS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void serviceThatEndsAtACallLosesAndRepeatsNothing(Faults.How how) throws Exception {
    try (CrashMatrix matrix = matrix()) {
      requireAll(matrix.ends(how), UNIT_AND_PASS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void serviceThatEndsAtACallOfItsRecoveryLosesAndRepeatsNothing(Faults.How how) throws Exception {
    try (CrashMatrix matrix = matrix()) {
      requireAll(
          matrix.endsInRecovery(how),
          "open sequencer.lock",
          "read log-mayor.key",
          "read log-mayor.last",
          "move log-mayor.last.new",
          "insert into audit_entry",
          "execute COMMIT",
          "update audit_log_state set checkpoint");
    }
  }
}
