package jp.sekisho.policy.setting;

/**
 * One thing a policy can set. Compared by identity; the constants of the sections are all there
 * are.
 *
 * @param <T> its value
 */
public final class Setting<T> {
  private final String section;
  private final String name;
  private final Shape<T> shape;
  private final Order<T> order;
  private final T strictest;
  private final boolean required;

  private Setting(String path, Shape<T> shape, Order<T> order, T strictest, boolean required) {
    int dot = path.indexOf('.');
    this.section = dot < 0 ? "" : path.substring(0, dot);
    this.name = path.substring(dot + 1);
    this.shape = shape;
    this.order = order;
    this.strictest = strictest;
    this.required = required;
  }

  /**
   * A setting that the common layer must name.
   *
   * @param path section and name, {@code login.session-idle}
   * @param strictest what holds where nobody sets it, and where two layers exclude each other
   */
  public static <T> Setting<T> required(String path, Shape<T> shape, Order<T> order, T strictest) {
    return new Setting<>(path, shape, order, strictest, true);
  }

  /** A setting that may be left out: its strictest value holds then. */
  public static <T> Setting<T> optional(String path, Shape<T> shape, Order<T> order, T strictest) {
    return new Setting<>(path, shape, order, strictest, false);
  }

  /** Its section, such as {@code login}; empty for one that stands alone. */
  public String section() {
    return section;
  }

  /** Its name in the section. */
  public String name() {
    return name;
  }

  /** Section and name. */
  public String path() {
    return section.isEmpty() ? name : section + "." + name;
  }

  /** The form of its value. */
  public Shape<T> shape() {
    return shape;
  }

  /** Which of two values is stricter. */
  public Order<T> order() {
    return order;
  }

  /** What holds where no layer sets it. */
  public T strictest() {
    return strictest;
  }

  /** Whether the common layer must name it. */
  public boolean isRequired() {
    return required;
  }

  @Override
  public String toString() {
    return path();
  }
}
