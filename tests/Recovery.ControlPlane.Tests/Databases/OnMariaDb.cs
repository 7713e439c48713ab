using Recovery.ControlPlane.Tests.Api;
using Recovery.ControlPlane.Tests.Detection;
using Recovery.ControlPlane.Tests.Inventory.Libvirt;
using Recovery.ControlPlane.Tests.Inventory.Reports;
using Recovery.ControlPlane.Tests.Recoveries;

namespace Recovery.ControlPlane.Tests.Databases;

// The stories that lean on the database, told once more on a real MariaDB.

[OnMariaDb]
public class RunnerOnMariaDbTests : RunnerTests;

[OnMariaDb]
public class PlannedRecoveryOnMariaDbTests : PlannedRecoveryTests;

[OnMariaDb]
public class SchemaOnMariaDbTests : SchemaTests;

[OnMariaDb]
public class StoredRequestOnMariaDbTests : StoredRequestTests;

[OnMariaDb]
public class AcceptanceOnMariaDbTests : AcceptanceTests;

[OnMariaDb]
public class RecoveryRefusalOnMariaDbTests : RecoveryRefusalTests;

[OnMariaDb]
public class HostOnMariaDbTests : HostTests;

[OnMariaDb]
public class ListOnMariaDbTests : ListTests;

[OnMariaDb]
public class EventOnMariaDbTests : EventTests;

[OnMariaDb]
public class PlanOnMariaDbTests : PlanTests;

[OnMariaDb]
public class PlanExecutionOnMariaDbTests : PlanExecutionTests;

[OnMariaDb]
public class LibvirtInventoryOnMariaDbTests : LibvirtInventoryTests;

[OnMariaDb]
public class ReportRecorderOnMariaDbTests : ReportRecorderTests;

[OnMariaDb]
public class LifeSignsOnMariaDbTests : LifeSignsTests;

[OnMariaDb]
public class HostSurveyOnMariaDbTests : HostSurveyTests;

[OnMariaDb]
public class HostWatcherOnMariaDbTests : HostWatcherTests;
