package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.sql.DataSource;
import jp.sekisho.server.storage.OpenStorage;

/** Another process on SQLite, in which something happens just before it reads. */
final class Between implements AutoCloseable {
  private final OpenStorage storage;
  private final String read;
  private final AtomicReference<Optional<Runnable>> next = new AtomicReference<>(Optional.empty());

  /**
   * @param read a part of the statement before which it happens
   */
  Between(Path directory, String read) {
    this.read = read;
    this.storage =
        OpenStorage.sqlite(
            directory,
            source ->
                (DataSource)
                    proxy(
                        DataSource.class,
                        (_, method, args) -> {
                          Object result = method.invoke(source, args);
                          return result instanceof Connection connection
                              ? proxy(
                                  Connection.class,
                                  (_, inner, values) -> called(connection, inner, values))
                              : result;
                        }));
  }

  private static Object proxy(Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(Between.class.getClassLoader(), new Class<?>[] {type}, handler);
  }

  private Object called(Connection connection, Method method, Object[] args) throws Exception {
    if (method.getName().equals("prepareStatement") && String.valueOf(args[0]).contains(read)) {
      // On a thread of its own: it is another process that does it.
      next.getAndSet(Optional.empty()).ifPresent(act -> CompletableFuture.runAsync(act).join());
    }
    return method.invoke(connection, args);
  }

  OpenStorage storage() {
    return storage;
  }

  <T> T during(Runnable act, Supplier<T> call) {
    next.set(Optional.of(act));
    T result = call.get();
    assertTrue(next.get().isEmpty(), "it was read");
    return result;
  }

  @Override
  public void close() {
    storage.close();
  }
}
