import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.jar.JarFile;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * An Elasticsearch node from the published jars, for the lab. Argument: a home directory with
 * {@code config/elasticsearch.yml}, and in {@code modules/transport-netty4} the transport's jars, as the
 * distribution has them. What the distribution's own start does to the machine (bootstrap checks,
 * system call filters, entitlements) is left out; the node is the same.
 */
class LabNode {
  private static final String TRANSPORT = "transport-netty4";
  private static final String DESCRIPTOR = "plugin-descriptor.properties";

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]);
    LogConfigurator.configureWithoutConfig(Settings.builder().put("logger.level", "INFO").build());
    describe(home.resolve("modules").resolve(TRANSPORT));
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(
            Settings.builder().put("path.home", home).build(), Map.of(), null, () -> "unnamed");
    PluginsLoader plugins =
        PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(environment.modulesDir()),
            PluginsLoader.loadPluginsBundles(environment.pluginsDir()),
            Map.of());
    new Node(environment, plugins).start();
    // The node's own threads are daemons, which keep no JVM alive.
    Thread.currentThread().join();
  }

  /** Puts the transport's description of itself, which its jar holds, where a module has it. */
  private static void describe(Path module) throws Exception {
    try (var jars = Files.newDirectoryStream(module, TRANSPORT + "-*.jar")) {
      for (Path path : jars) {
        try (JarFile jar = new JarFile(path.toFile())) {
          var entry = jar.getEntry("META-INF/es-plugins/" + TRANSPORT + "/" + DESCRIPTOR);
          try (InputStream descriptor = jar.getInputStream(entry)) {
            Files.copy(
                descriptor, module.resolve(DESCRIPTOR), StandardCopyOption.REPLACE_EXISTING);
          }
        }
      }
    }
  }
}
