package jp.sekisho.server.audit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.StorageException;

/** Those who wait for the publication of entries. Thread-safe. */
final class Waiting {
  private final ConcurrentHashMap<EntryReceipt, CompletableFuture<Published>> waiting =
      new ConcurrentHashMap<>();
  private final Duration patience;

  /**
   * @param patience after which a wait fails: a receipt may be of a unit that was rolled back
   */
  Waiting(Duration patience) {
    this.patience = patience;
  }

  CompletionStage<Published> add(EntryReceipt receipt) {
    CompletableFuture<Published> future =
        waiting.computeIfAbsent(receipt, _ -> new CompletableFuture<Published>());
    var _ =
        future
            .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((_, _) -> waiting.remove(receipt, future));
    return future
        .minimalCompletionStage()
        .exceptionallyCompose(e ->
            CompletableFuture.failedStage(
                e instanceof StorageException
                    ? e
                    : new StorageException("entry " + receipt + " was not published", e)));
  }

  /** Whether somebody waits for it, at this moment. */
  boolean has(EntryReceipt receipt) {
    return waiting.containsKey(receipt);
  }

  /** Receipts somebody waits for, at this moment. */
  List<EntryReceipt> receipts() {
    return List.copyOf(waiting.keySet());
  }

  void complete(EntryReceipt receipt, Published published) {
    CompletableFuture<Published> future = waiting.get(receipt);
    if (future != null) {
      future.complete(published);
    }
  }

  void fail(RuntimeException why) {
    waiting.values().forEach(future -> future.completeExceptionally(why));
  }
}
