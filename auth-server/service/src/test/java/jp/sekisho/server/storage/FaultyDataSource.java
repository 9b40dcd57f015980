package jp.sekisho.server.storage;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A data source whose connections fail at one chosen JDBC call. */
final class FaultyDataSource {
  private final DataSource source;
  private final Faults faults;

  FaultyDataSource(DataSource source, Faults faults) {
    this.source = source;
    this.faults = faults;
  }

  /** When to fail: at the n-th call from {@link #arm} on, once. */
  static final class Faults {
    private final AtomicInteger left = new AtomicInteger(0);

    /** Fails the n-th call from now, counted from 1. */
    void arm(int n) {
      left.set(n);
    }

    /** Whether no armed fault is left. */
    boolean met() {
      return left.get() <= 0;
    }

    private void call(String name) throws SQLException {
      if (left.get() > 0 && left.decrementAndGet() == 0) {
        throw new SQLException("injected at " + name);
      }
    }
  }

  DataSource get() {
    return proxy(DataSource.class, source);
  }

  private <T> T proxy(Class<T> type, T target) {
    InvocationHandler handler =
        (_, method, args) -> {
          String name = method.getName();
          if (name.startsWith("execute")
              || name.startsWith("prepare")
              || name.equals("createStatement")
              || name.equals("commit")
              || name.equals("setAutoCommit")
              || (name.equals("getConnection") && type == DataSource.class)) {
            faults.call(name);
          }
          Object result;
          try {
            result = method.invoke(target, args);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          return switch (result) {
            case PreparedStatement statement -> proxy(PreparedStatement.class, statement);
            case Statement statement -> proxy(Statement.class, statement);
            case Connection connection when type == DataSource.class ->
                proxy(Connection.class, connection);
            case null, default -> result;
          };
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
