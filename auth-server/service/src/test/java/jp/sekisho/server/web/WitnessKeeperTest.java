package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Set;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found tampered with while witnesses are asked is an entry. */
class WitnessKeeperTest {
  @TempDir Path directory;

  @Test
  void tamperingIsTold() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      WitnessKeeper keeper =
          new WitnessKeeper(
              log -> {
                throw new TamperedException("audit_node", log);
              },
              new TamperedRows(storage.transactions),
              Set.of("mayor"));
      keeper.close(); // so that nothing but this thread asks
      keeper.ask();
      storage.logs.integrateNow();
      LogRow.Intact told =
          (LogRow.Intact) storage.logs.page("system", null, Long.MAX_VALUE, 1).getFirst();
      assertEquals("service.state-tampered", told.entry().type());
      assertEquals("audit_node", told.entry().data().get("table"));
    }
  }
}
