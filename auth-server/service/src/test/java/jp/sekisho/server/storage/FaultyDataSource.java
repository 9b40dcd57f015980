package jp.sekisho.server.storage;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source whose JDBC calls fail where {@link Faults} say. */
final class FaultyDataSource {
  private final DataSource source;
  private final Faults faults;

  FaultyDataSource(DataSource source, Faults faults) {
    this.source = source;
    this.faults = faults;
  }

  DataSource get() {
    return proxy(DataSource.class, source);
  }

  /** Calls that reach the database; closing does so too, yet happens when a process ends. */
  private static boolean reaches(Class<?> type, String method) {
    return method.startsWith("execute")
        || method.startsWith("prepare")
        || method.equals("createStatement")
        || method.equals("commit")
        || method.equals("setAutoCommit")
        || (method.equals("getConnection") && type == DataSource.class);
  }

  private <T> T proxy(Class<T> type, T target) {
    InvocationHandler handler =
        (_, method, args) -> {
          Faults.Call<@Nullable Object, SQLException> call =
              () -> {
                try {
                  return method.invoke(target, args);
                } catch (InvocationTargetException e) {
                  throw sql(e.getCause());
                } catch (IllegalAccessException e) {
                  throw new IllegalStateException(e);
                }
              };
          Object result =
              reaches(type, method.getName())
                  ? faults.call(named(method.getName(), args), call, SQLException::new)
                  : call.run();
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

  private static String named(String method, Object @Nullable [] args) {
    return args != null && args.length > 0 && args[0] instanceof String sql
        ? method + " " + sql
        : method;
  }

  private static SQLException sql(@Nullable Throwable cause) {
    return switch (cause) {
      case SQLException failed -> failed;
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      case null, default -> throw new IllegalStateException(cause);
    };
  }
}
