package jp.sekisho.protocol;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The check that a wire record lacks nothing: every component not marked {@code @Nullable} has a
 * value, in nested records and lists of records too.
 *
 * <p>The JSON binder leaves a missing text null without a word; the types promise that it is there.
 * Thread-safe; components are read by reflection once per record class.
 */
final class RequiredComponents {
  private record Component(String name, boolean required, Method accessor) {}

  private static final Map<Class<?>, List<Component>> COMPONENTS = new ConcurrentHashMap<>();

  private RequiredComponents() {}

  /** Fails when {@code value}, or a record or list within it, lacks what it must have. */
  static void check(Object value) throws MalformedException {
    if (value instanceof List<?> list) {
      for (Object item : list) {
        check(item);
      }
    } else if (value instanceof Record record) {
      for (Component component :
          COMPONENTS.computeIfAbsent(record.getClass(), RequiredComponents::read)) {
        Object part = value(record, component);
        if (part != null) {
          check(part);
        } else if (component.required()) {
          throw new MalformedException(
              record.getClass().getSimpleName() + " without " + component.name());
        }
      }
    }
  }

  private static List<Component> read(Class<?> type) {
    List<Component> components = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      boolean required = !component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      // The agent's frames to its seats are package-private records of another package.
      component.getAccessor().setAccessible(true);
      components.add(new Component(component.getName(), required, component.getAccessor()));
    }
    return List.copyOf(components);
  }

  private static @Nullable Object value(Record record, Component component) {
    try {
      return component.accessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("not a readable wire record: " + record.getClass(), e);
    }
  }
}
