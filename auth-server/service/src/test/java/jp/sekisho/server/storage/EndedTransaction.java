package jp.sekisho.server.storage;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source whose connections, once armed, end their whole transaction at the next statement
 * that is prepared and sets no savepoint, and fail it: what SQLite does by itself when the disk or
 * memory fails.
 */
final class EndedTransaction {
  private EndedTransaction() {}

  static DataSource of(DataSource source, AtomicBoolean armed) {
    return proxy(
        DataSource.class,
        (_, method, args) -> {
          Object result = invoke(source, method, args);
          return result instanceof Connection real ? connection(real, armed) : result;
        });
  }

  private static Connection connection(Connection real, AtomicBoolean armed) {
    return proxy(
        Connection.class,
        (_, method, args) -> {
          if (method.getName().equals("prepareStatement")
              && !args[0].equals("SAVEPOINT unit")
              && armed.compareAndSet(true, false)) {
            try (Statement statement = real.createStatement()) {
              boolean _ = statement.execute("ROLLBACK");
            }
            throw new SQLException("[SQLITE_IOERR] injected: the transaction is rolled back");
          }
          return invoke(real, method, args);
        });
  }

  private static Object invoke(Object target, Method method, Object @Nullable [] args)
      throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
