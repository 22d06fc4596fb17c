# Install the bundle beside this file, without a network: install.ps1 FOLDER
param([Parameter(Mandatory = $true)][string]$Folder)
$ErrorActionPreference = "Stop"
$wanted = (Get-Content (Join-Path $PSScriptRoot "PYTHON")).Trim()
& py "-$wanted" (Join-Path $PSScriptRoot "install.py") $Folder
exit $LASTEXITCODE
