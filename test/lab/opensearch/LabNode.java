import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;

/**
 * An OpenSearch node from the published jars, for the lab. Argument: a home directory with
 * {@code config/opensearch.yml}. What the distribution's own start does to the machine (bootstrap checks,
 * system call filters) is left out; the node is the same.
 */
class LabNode extends Node {
  private LabNode(Environment environment) {
    super(environment, List.of(Netty4Plugin.class), true);
  }

  public static void main(String[] arguments) throws Exception {
    LogConfigurator.configureWithoutConfig(Settings.builder().put("logger.level", "INFO").build());
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(
            Settings.builder().put("path.home", Path.of(arguments[0])).build(),
            Map.of(),
            null,
            () -> "unnamed");
    Node node = new LabNode(environment);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    node.start();
    // All its threads are daemons: the end of this one would be the node's.
    new CountDownLatch(1).await();
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (Exception error) {
      error.printStackTrace();
    }
  }
}
