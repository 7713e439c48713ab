{{/* What no schema can say: values that are right alone and wrong together. All of them are named at once. */}}
{{- define "recovery.refuse" -}}
{{- $faults := list -}}
{{- $mysql := eq .Values.database.provider "mysql" -}}
{{- with .Values.database -}}
{{- if and (not $mysql) (gt (int $.Values.controlPlane.replicas) 1) -}}
{{- $faults = append $faults (printf "controlPlane.replicas is %d, and database.provider is sqlite, which is a file of one replica. Set database.provider=mysql with database.mysql.existingSecret, or controlPlane.replicas=1." (int $.Values.controlPlane.replicas)) -}}
{{- end -}}
{{- if and $mysql (not .mysql.existingSecret) (not .mysql.connectionString) -}}
{{- $faults = append $faults "database.provider is mysql, and nothing says how to reach it. Set database.mysql.existingSecret to the name of a secret that has the connection string, or database.mysql.connectionString." -}}
{{- end -}}
{{- if and .mysql.existingSecret .mysql.connectionString -}}
{{- $faults = append $faults "database.mysql.existingSecret and database.mysql.connectionString are both set. Keep one." -}}
{{- end -}}
{{- if and (not $mysql) (or .mysql.existingSecret .mysql.connectionString) -}}
{{- $faults = append $faults "database.mysql is set, and database.provider is sqlite, which would leave it unused. Set database.provider=mysql, or take database.mysql out." -}}
{{- end -}}
{{- end -}}
{{- if and .Values.fencing.existingSecret .Values.fencing.secrets -}}
{{- $faults = append $faults "fencing.existingSecret and fencing.secrets are both set. Keep one." -}}
{{- end -}}
{{- if and .Values.chap.existingSecret .Values.chap.credentials -}}
{{- $faults = append $faults "chap.existingSecret and chap.credentials are both set. Keep one." -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- $faults = append $faults "ingress.enabled is true, and ingress.hosts is empty. Name a host: [{host: recovery.example.org, path: /}]." -}}
{{- end -}}
{{- $cloud := default dict .Values.settings.OpenStack -}}
{{- with .Values.openstack -}}
{{- if include "recovery.inCloud" $ -}}
{{- if not .databases.existingSecret -}}
{{- $faults = append $faults "settings.Inventory is nova, and nothing says how to reach the cloud's databases. Set openstack.databases.existingSecret to the name of a secret that has the connection strings." -}}
{{- end -}}
{{- if and $cloud.IdentityUrl (not .identity.existingSecret) -}}
{{- $faults = append $faults "settings.OpenStack.IdentityUrl is set, and openstack.identity.existingSecret is not: there is nothing to log in with. Set it to the name of a secret that has the password." -}}
{{- end -}}
{{- if and .identity.existingSecret (not $cloud.IdentityUrl) -}}
{{- $faults = append $faults "openstack.identity.existingSecret is set, and settings.OpenStack.IdentityUrl is not: there is nowhere to log in. Set it to Keystone's address, or take the secret out." -}}
{{- end -}}
{{- if and $cloud.IdentityUrl $cloud.ApplicationCredentialId (or $cloud.Username $cloud.Project) -}}
{{- $faults = append $faults "settings.OpenStack.ApplicationCredentialId and settings.OpenStack.Username or Project are both set. Keep one way to log in." -}}
{{- end -}}
{{- if and $cloud.IdentityUrl (not $cloud.ApplicationCredentialId) (or (not $cloud.Username) (not $cloud.Project)) -}}
{{- $faults = append $faults "settings.OpenStack.IdentityUrl is set, and nothing says as whom to log in. Set settings.OpenStack.Username and Project, or ApplicationCredentialId." -}}
{{- end -}}
{{- if and (eq (default "auto" $cloud.Path) "assisted") (not $cloud.IdentityUrl) -}}
{{- $faults = append $faults "settings.OpenStack.Path is assisted, which has Nova start the guests, and settings.OpenStack.IdentityUrl is empty. Set it to Keystone's address, or Path to auto or direct." -}}
{{- end -}}
{{- else if or .databases.existingSecret .identity.existingSecret .authority.existingSecret -}}
{{- $faults = append $faults "openstack names secrets, and settings.Inventory is libvirt, which would leave them unused. Set settings.Inventory=nova, or take them out." -}}
{{- end -}}
{{- end -}}
{{- with .Values.executor -}}
{{- if .enabled -}}
{{- $tls := or .tls.existingSecret .tls.hostPath -}}
{{- if and .tls.existingSecret .tls.hostPath -}}
{{- $faults = append $faults "executor.tls.existingSecret and executor.tls.hostPath are both set. Keep one." -}}
{{- end -}}
{{- if and (not $tls) (not .allowPlaintext) -}}
{{- $faults = append $faults "executor.enabled is true without TLS: commands with root's power would be taken from anybody who reaches the port. Set executor.tls.existingSecret or executor.tls.hostPath, or executor.allowPlaintext=true in a lab." -}}
{{- end -}}
{{- if and $tls .allowPlaintext -}}
{{- $faults = append $faults "executor.tls and executor.allowPlaintext are both set. Keep one." -}}
{{- end -}}
{{- if and $tls (not $.Values.clientTls.existingSecret) -}}
{{- $faults = append $faults "executor.tls is set, and clientTls.existingSecret is not: the executors would refuse this control plane, which has no certificate to show." -}}
{{- end -}}
{{- if not .nodeSelector -}}
{{- if not .affinity -}}
{{- $faults = append $faults "executor.nodeSelector and executor.affinity are empty: every node of the cluster would get an executor. Say which are hypervisors." -}}
{{- end -}}
{{- end -}}
{{- $seen := dict -}}
{{- range concat .storages .hostPaths (list .libvirtDirectory .stateDirectory .runtimeDirectory "/usr/share") -}}
{{- $path := trimSuffix "/" . -}}
{{- if hasKey $seen $path -}}
{{- $faults = append $faults (printf "%s is mounted twice: among executor.storages, executor.hostPaths, libvirtDirectory, stateDirectory, runtimeDirectory and /usr/share every path has to be another." $path) -}}
{{- end -}}
{{- $_ := set $seen $path true -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $faults -}}
{{- fail (printf "\n  - %s" (join "\n  - " $faults)) -}}
{{- end -}}
{{- end -}}
