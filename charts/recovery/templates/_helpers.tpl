{{- define "recovery.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* Prefix of every object's name; short enough for the longest suffix. */}}
{{- define "recovery.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "recovery.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "recovery.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels that never change, per component: {{ include "recovery.selector" (list . "control-plane") }} */}}
{{- define "recovery.selector" -}}
app.kubernetes.io/name: {{ include "recovery.name" (first .) }}
app.kubernetes.io/instance: {{ (first .).Release.Name }}
app.kubernetes.io/component: {{ last . }}
{{- end -}}

{{- define "recovery.labels" -}}
{{ include "recovery.selector" . }}
app.kubernetes.io/version: {{ (first .).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (first .).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (first .).Chart.Name (first .).Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* {{ include "recovery.image" (list . .Values.executor.image) }} */}}
{{- define "recovery.image" -}}
{{- printf "%s:%s" (last .).repository (default (first .).Chart.AppVersion (last .).tag) | quote -}}
{{- end -}}

{{- define "recovery.serviceAccountName" -}}
{{- if .Values.controlPlane.serviceAccount.create -}}
{{- default (printf "%s-control-plane" (include "recovery.fullname" .)) .Values.controlPlane.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.controlPlane.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "recovery.databaseSecret" -}}
{{- default (printf "%s-database" (include "recovery.fullname" .)) .Values.database.mysql.existingSecret -}}
{{- end -}}

{{- define "recovery.fencingSecret" -}}
{{- default (printf "%s-fencing" (include "recovery.fullname" .)) .Values.fencing.existingSecret -}}
{{- end -}}

{{- define "recovery.hasChap" -}}
{{- if or .Values.chap.existingSecret .Values.chap.credentials -}}yes{{- end -}}
{{- end -}}

{{- define "recovery.chapSecret" -}}
{{- default (printf "%s-chap" (include "recovery.fullname" .)) .Values.chap.existingSecret -}}
{{- end -}}

{{- define "recovery.inCloud" -}}
{{- if eq (default "libvirt" .Values.settings.Inventory) "nova" -}}yes{{- end -}}
{{- end -}}

{{/* The cloud's part of the settings: what is said, and where its secrets are mounted. */}}
{{- define "recovery.openstackSettings" -}}
{{- $settings := deepCopy (default dict .Values.settings.OpenStack) -}}
{{- with .Values.openstack -}}
{{- $_ := set $settings "ReaderConnectionStringFile" "/etc/recovery/openstack-databases/reader" -}}
{{- if .databases.writerKey -}}
{{- $_ := set $settings "WriterConnectionStringFile" "/etc/recovery/openstack-databases/writer" -}}
{{- end -}}
{{- if .identity.existingSecret -}}
{{- $_ := set $settings (ternary "ApplicationCredentialSecretFile" "PasswordFile" (not (empty $settings.ApplicationCredentialId))) "/etc/recovery/openstack-identity/secret" -}}
{{- end -}}
{{- if .authority.existingSecret -}}
{{- $_ := set $settings "AuthorityFile" "/etc/recovery/openstack-authority/ca.crt" -}}
{{- end -}}
{{- end -}}
{{- $settings | toJson -}}
{{- end -}}

{{/* The database's part of the settings; the control plane and the migration job read the same. */}}
{{- define "recovery.databaseSettings" -}}
{{- if eq .Values.database.provider "mysql" -}}
{{- $settings := dict "Provider" "mysql" "ConnectionStringFile" "/etc/recovery/database/connection-string" "WaitSeconds" .Values.database.waitSeconds -}}
{{- with .Values.database.mysql.serverVersion -}}
{{- $_ := set $settings "ServerVersion" . -}}
{{- end -}}
{{- $settings | toJson -}}
{{- else -}}
{{- dict "Provider" "sqlite" "File" "/var/lib/recovery/recovery.db" | toJson -}}
{{- end -}}
{{- end -}}

{{/* What an ordinary user's container may do: nothing beyond itself. */}}
{{- define "recovery.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "recovery.restrictedPod" -}}
runAsNonRoot: true
runAsUser: 10070
runAsGroup: 10070
# Secrets belong to root; this group is how they are read.
fsGroup: 10070
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}
