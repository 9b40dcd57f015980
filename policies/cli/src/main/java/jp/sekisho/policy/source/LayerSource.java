package jp.sekisho.policy.source;

import java.nio.file.Path;
import jp.sekisho.policy.PolicyLayer;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.source.Problem.Position;

/**
 * One layer, compiled, and where in its file everything stands.
 *
 * @param file where it was read
 * @param head which layer it is
 * @param layer what it says
 * @param read its document
 */
record LayerSource(Path file, LayerHead head, PolicyLayer layer, YamlSource.Outcome.Read read) {

  /** JSON pointer of a setting's value. */
  static String pointer(Setting<?> setting) {
    return "/" + setting.path().replace('.', '/') + "/value";
  }

  /** Where a setting's value stands, or else its section, or else the beginning. */
  Position at(Setting<?> setting) {
    return read.at(pointer(setting));
  }

  /** File and line, as an editor opens it. */
  String place(Position position) {
    return file.getFileName() + ":" + Math.max(1, position.line());
  }
}
